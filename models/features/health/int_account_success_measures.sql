-- What an account is about to buy, and whether it gets what it came for.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

months as (
    select * from {{ ref('int_months') }}
),

windows as (
    select * from {{ ref('int_month_windows') }}
),

first_records as (
    select * from {{ ref('int_first_records') }}
),

resolved as (
    select * from {{ ref('int_accounts_resolved') }}
),

goals as (
    {{ dated_rows(ref('stg_customer_goals'), 'set_at') }}
),

-- One whose end nobody noted is open for a year at most.
open_opportunities as (
    select
        opportunities.account_id,
        windows.month_start,
        count(*) as opportunities
    from {{ ref('fct_opportunities') }} as opportunities
    inner join windows on opportunities.month_start = windows.source_month
    where
        opportunities.kind != 'renewal'
        and (opportunities.closed_at is null or opportunities.closed_on > windows.closes_on)
    group by opportunities.account_id, windows.month_start
),

goal_days as (
    select
        resolved.customer_account_id as account_id,
        goals.happened_on as set_on,
        {{ known_day('goals', 'achieved_at') }} as achieved_on,
        {{ local_date('goals.due_at', 'goals.reporting_timezone') }} as due_on
    from goals
    inner join resolved on goals.account_id = resolved.account_id
),

-- Of the goals that were due or reached by then.
reached_goals as (
    select
        goal_days.account_id,
        months.month_start,
        {{ rate(count_where('goal_days.achieved_on <= months.closes_on'), 'count(*)') }} as goals_reached_rate
    from goal_days
    inner join months
        on
            goal_days.set_on <= months.closes_on
            and (goal_days.due_on <= months.closes_on or goal_days.achieved_on <= months.closes_on)
    group by goal_days.account_id, months.month_start
),

final as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        case
            when first_records.first_opportunity_on <= account_dates.as_of_date
                then cast(coalesce(open_opportunities.opportunities, 0) as double)
        end as open_opportunities,
        reached_goals.goals_reached_rate
    from account_dates
    cross join first_records
    left join open_opportunities
        on
            account_dates.account_id = open_opportunities.account_id
            and account_dates.month_start = open_opportunities.month_start
    left join reached_goals
        on
            account_dates.account_id = reached_goals.account_id
            and account_dates.month_start = reached_goals.month_start
)

select * from final
