{%- set is_known = 'account_months.known_month <= windows.month_start' %}
-- Survey answers of the last six months and reviews of the last twelve, by account.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

responses as (
    select * from {{ ref('fct_survey_responses') }}
    where account_id is not null
),

reviews as (
    select * from {{ ref('fct_reviews') }}
    where account_id is not null and rating is not null
),

windows as (
    select * from {{ ref('int_month_windows') }}
),

ratings as (
    select
        account_id,
        survey_kind as kind,
        month_start,
        {{ known_month() }} as known_month,
        cast(score as decimal(18, 6)) as score,
        responded_on as rated_on,
        6 as months_counted
    from responses
    union all
    select
        account_id,
        'review' as kind,
        month_start,
        {{ known_month() }} as known_month,
        cast(rating as decimal(18, 6)) as score,
        posted_on as rated_on,
        12 as months_counted
    from reviews
),

account_months as (
    select
        account_id,
        kind,
        month_start,
        known_month,
        months_counted,
        sum(score) as score,
        count(*) as ratings,
        max(rated_on) as rated_on
    from ratings
    group by account_id, kind, month_start, known_month, months_counted
),

window_ratings as (
    select
        account_months.account_id,
        windows.month_start,
        {%- for kind in ['nps', 'csat', 'review'] %}
        {%- set is_counted = "account_months.kind = '" ~ kind ~ "'" %}
        {%- for reading, condition in {'': is_counted ~ ' and ' ~ is_known, '_hindsight': is_counted}.items() %}
        {{ rate(
            'sum(case when ' ~ condition ~ ' then account_months.score end)',
            'sum(case when ' ~ condition ~ ' then account_months.ratings end)'
        ) }} as {{ kind }}{{ reading }},
        {%- endfor %}
        max(case when {{ is_counted }} and {{ is_known }} then account_months.rated_on end)
            as {{ kind }}_rated_on{{ ',' if not loop.last }}
        {%- endfor %}
    from account_months
    inner join windows
        on
            account_months.month_start = windows.source_month
            and account_months.months_counted > windows.months_ago
    group by account_months.account_id, windows.month_start
),

final as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        window_ratings.nps as nps_score_6m,
        window_ratings.nps_rated_on as nps_measured_on,
        window_ratings.csat as csat_score_6m,
        window_ratings.csat_rated_on as csat_measured_on,
        window_ratings.review as review_rating_12m,
        window_ratings.review_rated_on as review_measured_on,
        window_ratings.nps_hindsight as nps_score_6m_hindsight,
        window_ratings.csat_hindsight as csat_score_6m_hindsight,
        window_ratings.review_hindsight as review_rating_12m_hindsight
    from account_dates
    inner join window_ratings
        on account_dates.account_id = window_ratings.account_id and account_dates.month_start = window_ratings.month_start
)

select * from final
