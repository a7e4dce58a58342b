-- Usage of the product by an account. Dates before usage was recorded have no rows, which differs from no usage.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

months as (
    select * from {{ ref('int_months') }}
),

recorded_days as (
    select distinct activity_date from {{ ref('int_account_usage_days') }}
),

-- First and last day with usage of any account: after recording stopped, an account without events is not idle.
usage_records as (
    select
        months.month_start,
        min(recorded_days.activity_date) as first_recorded_on,
        max(recorded_days.activity_date) as last_recorded_on
    from months
    inner join recorded_days on months.closes_on >= recorded_days.activity_date
    group by months.month_start
),

usage_months as (
    select
        account_id,
        {{ month_start('activity_date') }} as month_start,
        max(activity_date) as last_used_on
    from {{ ref('int_account_usage_days') }}
    group by account_id, {{ month_start('activity_date') }}
),

account_months as (
    select
        account_id,
        month_start,
        last_used_on
    from usage_months
    union all
    select
        account_id,
        month_start,
        cast(null as date) as last_used_on
    from account_dates
),

last_usage as (
    select distinct
        account_id,
        month_start,
        max(last_used_on) over (
            partition by account_id order by month_start range between unbounded preceding and current row
        ) as last_used_on
    from account_months
),

recent_usage as (
    select * from {{ ref('int_account_recent_usage') }}
),

issued_days as (
    select * from {{ ref('int_account_issued_days') }}
),

-- An account without usage is idle since it became a customer, or since usage was first recorded if that is later. A
-- customer that returned is idle since its return at most.
account_usage as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        usage_records.last_recorded_on,
        issued_days.issued_days_28d,
        issued_days.issued_days_84d,
        recent_usage.active_days_28d,
        recent_usage.user_days_28d,
        recent_usage.user_days_84d,
        recent_usage.events_28d,
        recent_usage.events_28d_before,
        recent_usage.sessions_28d,
        recent_usage.sessions_28d_before,
        recent_usage.session_seconds_28d,
        recent_usage.session_seconds_28d_before,
        usage_records.first_recorded_on <= {{ add_days('account_dates.as_of_date', -27) }} as is_28d_recorded,
        usage_records.first_recorded_on <= {{ add_days('account_dates.as_of_date', -55) }} as is_56d_recorded,
        usage_records.first_recorded_on <= {{ add_days('account_dates.as_of_date', -83) }} as is_84d_recorded,
        greatest(account_dates.customer_since, coalesce(last_usage.last_used_on, usage_records.first_recorded_on))
            as idle_since
    from account_dates
    inner join usage_records on account_dates.month_start = usage_records.month_start
    left join last_usage
        on
            account_dates.account_id = last_usage.account_id
            and account_dates.month_start = last_usage.month_start
    left join recent_usage
        on
            account_dates.account_id = recent_usage.account_id
            and account_dates.month_start = recent_usage.month_start
    left join issued_days
        on
            account_dates.account_id = issued_days.account_id
            and account_dates.month_start = issued_days.month_start
),

final as (
    select
        account_id,
        as_of_date,
        last_recorded_on as usage_measured_on,
        cast({{ dbt.datediff('idle_since', 'as_of_date', 'day') }} as double) as days_since_last_use,
        case when is_28d_recorded then cast(coalesce(active_days_28d, 0) as double) end as active_days_28d,
        case when is_28d_recorded then {{ rate('coalesce(user_days_28d, 0)', 'issued_days_28d') }} end
            as use_rate_28d,
        case when is_84d_recorded then {{ rate('coalesce(user_days_84d, 0)', 'issued_days_84d') }} end
            as use_rate_84d,
        {%- for measure in ['events', 'sessions', 'session_seconds'] %}
        case
            when is_56d_recorded
                then ({{ measure }}_28d - {{ measure }}_28d_before) / nullif({{ measure }}_28d_before, 0)
        end as {{ measure }}_change_28d_rate{{ ',' if not loop.last }}
        {%- endfor %}
    from account_usage
)

select * from final
