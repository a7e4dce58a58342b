-- Opportunities open with an account, and the share of its goals that it reached.
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

goals as (
    select * from {{ ref('fct_customer_goals') }}
),

-- An opportunity that was never closed counts as open for twelve months.
open_opportunities as (
    select
        opportunities.account_id,
        windows.month_start,
        count(*) as opportunities
    from {{ ref('fct_opportunities') }} as opportunities
    inner join windows on opportunities.month_start = windows.source_month
    where
        opportunities.kind != 'renewal'
        and (opportunities.closed_at is null or opportunities.closed_on is null or opportunities.closed_on > windows.closes_on)
    group by opportunities.account_id, windows.month_start
),

-- Share of the goals that were due or achieved by the date.
reached_goals as (
    select
        goals.account_id,
        months.month_start,
        {{ rate(count_where('goals.achieved_on <= months.closes_on'), 'count(*)') }} as goals_reached_rate
    from goals
    inner join months
        on
            goals.set_on <= months.closes_on
            and (goals.due_on <= months.closes_on or goals.achieved_on <= months.closes_on)
    group by goals.account_id, months.month_start
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
