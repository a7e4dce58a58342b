{{ config(materialized='view') }}

-- Periods in which a user or an account counts for a measure; ends_on is the first day on which it no longer does. A
-- period that began before usage was recorded begins on the first recorded day.
with periods as (
    select * from {{ ref('int_active_periods') }}
),

users as (
    select * from {{ ref('int_users') }}
    where is_issued
),

scope as (
    select
        min(first_recorded_on) as first_recorded_on,
        max(closes_on) as as_of_date
    from {{ ref('int_usage_coverage_months') }}
),

stacked as (
    select
        account_id,
        case when user_id is null then 'active_accounts' else 'active_users' end as counted,
        window_days,
        starts_on,
        ends_on
    from periods
    union all
    -- A user counts as issued from the day the user ID was issued to the day before it was deactivated.
    select
        periods.account_id,
        'active_issued_users' as counted,
        periods.window_days,
        greatest(periods.starts_on, coalesce(users.issued_on, periods.starts_on)) as starts_on,
        least(periods.ends_on, coalesce(users.deactivated_on, periods.ends_on)) as ends_on
    from periods
    inner join users on periods.user_id = users.user_id
    union all
    select
        users.account_id,
        'issued_users' as counted,
        1 as window_days,
        greatest(coalesce(users.issued_on, scope.first_recorded_on), scope.first_recorded_on) as starts_on,
        coalesce(users.deactivated_on, {{ add_days('scope.as_of_date', 1) }}) as ends_on
    from users
    cross join scope
    where scope.first_recorded_on is not null
),

final as (
    select
        stacked.account_id,
        stacked.counted,
        cast(stacked.window_days as bigint) as window_days,
        stacked.starts_on,
        stacked.ends_on
    from stacked
    cross join scope
    where stacked.starts_on < stacked.ends_on and stacked.starts_on <= scope.as_of_date
)

select * from final
