-- What an account says: answers of the last six months, reviews of the last twelve.
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

voices as (
    select
        account_id,
        survey_kind as kind,
        month_start,
        cast(score as decimal(18, 6)) as score,
        responded_on as said_on,
        6 as months_heard
    from responses
    union all
    select
        account_id,
        'review' as kind,
        month_start,
        cast(rating as decimal(18, 6)) as score,
        posted_on as said_on,
        12 as months_heard
    from reviews
),

account_months as (
    select
        account_id,
        kind,
        month_start,
        months_heard,
        sum(score) as score,
        count(*) as voices,
        max(said_on) as said_on
    from voices
    group by account_id, kind, month_start, months_heard
),

heard as (
    select
        account_months.account_id,
        windows.month_start,
        {%- for kind in ['nps', 'csat', 'review'] %}
        {{ rate(
            "sum(case when account_months.kind = '" ~ kind ~ "' then account_months.score end)",
            "sum(case when account_months.kind = '" ~ kind ~ "' then account_months.voices end)"
        ) }} as {{ kind }},
        max(case when account_months.kind = '{{ kind }}' then account_months.said_on end)
            as {{ kind }}_said_on{{ ',' if not loop.last }}
        {%- endfor %}
    from account_months
    inner join windows
        on
            account_months.month_start = windows.source_month
            and account_months.months_heard > windows.months_ago
    group by account_months.account_id, windows.month_start
),

final as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        heard.nps as nps_score_6m,
        heard.nps_said_on as nps_measured_on,
        heard.csat as csat_score_6m,
        heard.csat_said_on as csat_measured_on,
        heard.review as review_rating_12m,
        heard.review_said_on as review_measured_on
    from account_dates
    inner join heard
        on account_dates.account_id = heard.account_id and account_dates.month_start = heard.month_start
)

select * from final
