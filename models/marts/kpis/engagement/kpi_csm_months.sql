with account_months as (
    select * from {{ ref('fct_account_months') }}
    where is_closing_customer
),

activities as (
    select * from {{ ref('fct_cs_activities') }}
),

touch_months as (
    select * from {{ ref('fct_account_touch_months') }}
),

responses as (
    select * from {{ ref('fct_survey_responses') }}
    where survey_kind = 'csat' and account_id is not null
),

onboarding as (
    select * from {{ ref('fct_onboarding_accounts') }}
),

team_members as (
    select * from {{ ref('dim_team_members') }}
),

onboarding_activities as (
    select distinct source_value as activity_type from {{ ref('onboarding_steps') }}
    where source_kind = 'activity'
),

first_recorded as (
    select
        min(month_start) as activities_from,
        min(case when csm_id is not null then month_start end) as csm_touches_from
    from activities
),

portfolios as (
    select
        csm_id,
        month_start,
        count(*) as accounts,
        sum(closing_mrr) as mrr
    from account_months
    group by csm_id, month_start
),

portfolio_coverage as (
    select
        csm_id,
        month_start,
        count(distinct account_id) as accounts_touched,
        count(distinct case when personal_touches > 0 then account_id end) as accounts_touched_in_person
    from touch_months
    where is_customer
    group by csm_id, month_start
),

-- Touches count for the manager who took part, not for the one responsible for the account.
csm_touches as (
    select
        activities.csm_id,
        activities.month_start,
        count(*) as touches,
        count(distinct case when onboarding_activities.activity_type is not null then activities.account_id end)
            as onboarding_accounts
    from activities
    left join onboarding_activities on activities.activity_type = onboarding_activities.activity_type
    where activities.csm_id is not null
    group by activities.csm_id, activities.month_start
),

csat_answers as (
    select
        csm_id,
        month_start,
        count(*) as csat_responses,
        {{ count_where("response_class = 'satisfied'") }} as csat_satisfied
    from responses
    group by csm_id, month_start
),

onboarding_offers as (
    select
        csm_id,
        month_start,
        count(*) as accounts_offered,
        {{ count_known('is_completed_within_window') }} as accounts_completed
    from onboarding
    group by csm_id, month_start
),

keys as (
    select
        csm_id,
        month_start
    from portfolios
    union distinct
    select
        csm_id,
        month_start
    from csm_touches
),

final as (
    select
        keys.month_start,
        keys.csm_id,
        coalesce(team_members.member_name, keys.csm_id) as csm_name,
        coalesce(team_members.team, 'unknown') as team,
        cast(coalesce(portfolios.accounts, 0) as bigint) as accounts,
        cast(coalesce(portfolios.mrr, 0) as decimal(18, 4)) as mrr,
        case
            when keys.month_start >= first_recorded.activities_from
                then {{ rate('coalesce(portfolio_coverage.accounts_touched, 0)', 'portfolios.accounts') }}
        end as coverage_rate,
        case
            when keys.month_start >= first_recorded.csm_touches_from
                then {{ rate('coalesce(portfolio_coverage.accounts_touched_in_person, 0)', 'portfolios.accounts') }}
        end as personal_coverage_rate,
        case
            when keys.month_start >= first_recorded.csm_touches_from
                then cast(coalesce(csm_touches.touches, 0) as bigint)
        end as touches,
        case
            when keys.month_start >= first_recorded.csm_touches_from
                then cast(coalesce(csm_touches.onboarding_accounts, 0) as bigint)
        end as onboarding_accounts,
        cast(coalesce(csat_answers.csat_responses, 0) as bigint) as csat_responses,
        {{ rate('csat_answers.csat_satisfied', 'csat_answers.csat_responses') }} as csat_rate,
        cast(coalesce(onboarding_offers.accounts_offered, 0) as bigint) as accounts_offered,
        {{ rate('onboarding_offers.accounts_completed', 'onboarding_offers.accounts_offered') }} as onboarding_completion_rate
    from keys
    cross join first_recorded
    left join team_members on keys.csm_id = team_members.member_id
    left join portfolios on keys.csm_id = portfolios.csm_id and keys.month_start = portfolios.month_start
    left join portfolio_coverage on keys.csm_id = portfolio_coverage.csm_id and keys.month_start = portfolio_coverage.month_start
    left join csm_touches on keys.csm_id = csm_touches.csm_id and keys.month_start = csm_touches.month_start
    left join csat_answers on keys.csm_id = csat_answers.csm_id and keys.month_start = csat_answers.month_start
    left join onboarding_offers on keys.csm_id = onboarding_offers.csm_id and keys.month_start = onboarding_offers.month_start
)

select * from final
