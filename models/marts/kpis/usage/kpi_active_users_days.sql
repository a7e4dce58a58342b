-- A running sum of the month's changes; a day without a change has the values of the day before.
{%- set measures = [
    'active_users_1d', 'active_users_7d', 'active_users_30d',
    'active_issued_users_1d', 'active_issued_users_7d', 'active_issued_users_30d',
    'active_accounts_1d', 'active_accounts_7d', 'active_accounts_30d', 'issued_users',
] %}
with changes as (
    select * from {{ ref('fct_active_user_changes') }}
),

summed as (
    select
        activity_date,
        month_start,
        closes_on,
        {{ segment_columns() }},
        {%- for measure in measures %}
        sum({{ measure }}_change) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from changes
    {{ group_by_segments(['activity_date', 'month_start', 'closes_on']) }}
),

running as (
    select
        segment_dimension,
        segment_value,
        month_start,
        closes_on,
        activity_date as from_date,
        lead(activity_date) over (
            partition by segment_dimension, segment_value, month_start order by activity_date
        ) as next_date,
        {%- for measure in measures %}
        cast(sum({{ measure }}) over (
            partition by segment_dimension, segment_value, month_start order by activity_date
            rows between unbounded preceding and current row
        ) as bigint) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from summed
),

daily as (
    select
        *,
        {{ each_day('from_date', 'coalesce(' ~ add_days('next_date', -1) ~ ', closes_on)') }} as activity_date
    from running
),

final as (
    select
        activity_date,
        month_start,
        segment_dimension,
        segment_value,
        active_users_1d as dau,
        active_users_7d as wau,
        active_users_30d as mau,
        issued_users as total_users,
        active_accounts_1d,
        active_accounts_7d,
        active_accounts_30d,
        {{ rate('active_issued_users_1d', 'issued_users') }} as dau_rate,
        {{ rate('active_issued_users_7d', 'issued_users') }} as wau_rate,
        {{ rate('active_issued_users_30d', 'issued_users') }} as mau_rate,
        {{ rate('active_users_1d', 'active_users_30d') }} as stickiness
    from daily
)

select * from final
