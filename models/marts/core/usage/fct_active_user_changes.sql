-- Periods of activity are cut at month borders, because a month's segments are those of its close: a month begins with
-- its level, changes follow.
with periods as (
    select * from {{ ref('int_counted_periods') }}
),

months as (
    select * from {{ ref('int_usage_coverage_months') }}
    where is_usage_recorded
),

account_months as (
    select * from {{ ref('int_account_months') }}
    where opening_mrr > 0 or closing_mrr > 0
),

segments as (
    select * from {{ ref('int_customer_segments') }}
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
    union all
    -- Customers without an active user get a row of zeros.
    select
        account_months.account_id,
        'nobody' as counted,
        1 as window_days,
        months.month_start,
        greatest(months.month_start, months.first_recorded_on) as activity_date,
        0 as change
    from account_months
    inner join months on account_months.month_start = months.month_start
),

summed as (
    select
        account_id,
        activity_date,
        month_start,
        {%- for counted in ['active_users', 'active_issued_users', 'active_accounts'] %}
        {%- for days in [1, 7, 30] %}
        cast(sum(
            case when counted = '{{ counted }}' and window_days = {{ days }} then change else 0 end
        ) as bigint) as {{ counted }}_{{ days }}d,
        {%- endfor %}
        {%- endfor %}
        cast(sum(case when counted = 'issued_users' then change else 0 end) as bigint) as issued_users
    from changes
    group by account_id, activity_date, month_start
),

final as (
    select
        summed.account_id,
        {{ month_segments() }},
        {%- for days in [1, 7, 30] %}
        case when months.are_users_known then summed.active_users_{{ days }}d end
            as active_users_{{ days }}d_change,
        case
            when months.are_users_known and months.are_issued_users_known
                then summed.active_issued_users_{{ days }}d
        end as active_issued_users_{{ days }}d_change,
        summed.active_accounts_{{ days }}d as active_accounts_{{ days }}d_change,
        {%- endfor %}
        case when months.are_issued_users_known then summed.issued_users end as issued_users_change,
        summed.activity_date,
        summed.month_start,
        months.closes_on
    from summed
    inner join months on summed.month_start = months.month_start
    inner join segments on summed.account_id = segments.account_id
    left join account_months
        on summed.account_id = account_months.account_id and summed.month_start = account_months.month_start
)

select * from final
