{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_rows(is_touched_change('account_id', 'activity_date')) }}"
) }}

-- Periods of activity are cut at month borders, because a month's segments are those of its close: a month begins with
-- its level, changes follow.
-- depends_on: {{ ref('int_touched_change_days') }}, {{ ref('int_touched_user_accounts') }}
with periods as (
    select * from {{ ref('int_counted_periods') }}
),

months as (
    select * from {{ ref('int_usage_coverage_months') }}
    where is_usage_recorded
),

as_of as (
    select max(closes_on) as as_of_date from months
),

known_periods as (
    select
        periods.*,
        least({{ add_days('periods.ends_on', -1) }}, as_of.as_of_date) as last_day
    from periods
    cross join as_of
),

monthly as (
    select
        periods.*,
        {{ each_month(month_start('periods.starts_on'), month_start('periods.last_day')) }} as month_start
    from known_periods as periods
),

changes as (
    select
        account_id,
        counted,
        window_days,
        month_start,
        greatest(starts_on, month_start) as activity_date,
        1 as change
    from monthly
    union all
    select
        monthly.account_id,
        monthly.counted,
        monthly.window_days,
        monthly.month_start,
        monthly.ends_on as activity_date,
        -1 as change
    from monthly
    inner join months on monthly.month_start = months.month_start
    where monthly.ends_on <= months.closes_on
),

final as (
    select
        account_id,
        {%- for counted in ['active_users', 'active_issued_users', 'active_accounts'] %}
        {%- for days in [1, 7, 30] %}
        cast(sum(
            case when counted = '{{ counted }}' and window_days = {{ days }} then change else 0 end
        ) as bigint) as {{ counted }}_{{ days }}d,
        {%- endfor %}
        {%- endfor %}
        cast(sum(case when counted = 'issued_users' then change else 0 end) as bigint) as issued_users,
        activity_date,
        month_start
    from changes
    group by account_id, activity_date, month_start
)

select * from final
{%- if is_incremental() %}
where {{ is_touched_change('account_id', 'activity_date') }}
{%- endif %}
