-- Every NPS respondent is in one class; the CSAT subjects sum to all answers.
with nps as (
    select
        month_start,
        segment_dimension,
        segment_value,
        responses,
        promoters + passives + detractors as expected_responses
    from {{ ref('kpi_nps_months') }}
    where responses != promoters + passives + detractors or responses > responses_3m
),

csat as (
    select
        month_start,
        segment_dimension,
        segment_value,
        sum(case when subject = 'all' then responses else 0 end) as responses,
        sum(case when subject != 'all' then responses else 0 end) as expected_responses
    from {{ ref('kpi_csat_months') }}
    group by month_start, segment_dimension, segment_value
    having count(case when subject != 'all' then 1 end) > 0
),

-- A subject that is called `all` itself has no row of its own.
named as (
    select count(*) as answers_about_all from {{ ref('fct_survey_responses') }}
    where survey_kind = 'csat' and subject = 'all'
)

select * from nps
union all
select csat.*
from csat
cross join named
where named.answers_about_all = 0 and csat.responses != csat.expected_responses
