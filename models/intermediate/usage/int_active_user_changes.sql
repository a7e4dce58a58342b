{%- set windows = [1, 7, 30] %}
{%- set measures = [] %}
{%- for counted in ['active_users', 'active_issued_users', 'active_accounts'] %}
    {%- for window in windows %}
        {%- do measures.append((counted, window, counted ~ '_' ~ window ~ 'd')) %}
    {%- endfor %}
{%- endfor %}
{%- set names = measures | map(attribute=2) | list + ['issued_users'] %}
{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_rows(is_touched_change('account_id', 'activity_date')) }}"
) }}

-- Counted by account and day, the ends of stretches need only be moved by the window to the day on which they take
-- effect.
-- depends_on: {{ ref('int_touched_change_days') }}, {{ ref('int_touched_user_accounts') }}
with months as (
    select * from {{ ref('int_usage_coverage_months') }}
    where is_usage_recorded
),

scope as (
    select max(closes_on) as as_of_date from months
),

edges as (
    select * from {{ ref('int_activity_edges') }}
),

changes as (
    select
        account_id,
        {%- for counted, window, name in measures %}
        opens_{{ name }} as {{ name }},
        {%- endfor %}
        0 as issued_users,
        activity_date
    from edges
    where opens_active_users_1d > 0 or opens_active_issued_users_1d > 0 or opens_active_accounts_1d > 0
    {%- for moved in windows %}
    union all
    select
        account_id,
        {%- for counted, window, name in measures %}
        {{ '-closes_' ~ name if window == moved else 0 }} as {{ name }},
        {%- endfor %}
        0 as issued_users,
        {{ add_days('activity_date', moved) }} as activity_date
    from edges
    where
        closes_active_users_{{ moved }}d > 0
        or closes_active_issued_users_{{ moved }}d > 0
        or closes_active_accounts_{{ moved }}d > 0
    {%- endfor %}
    union all
    select
        account_id,
        {%- for counted, window, name in measures %}
        {{ 'case when window_days = ' ~ window ~ ' then change else 0 end' if counted == 'active_issued_users' else 0 }}
            as {{ name }},
        {%- endfor %}
        case when window_days is null then change else 0 end as issued_users,
        activity_date
    from {{ ref('int_issued_user_changes') }}
),

-- DuckDB keeps the sum of integers in 128 bits. As a double, which is exact for counts, it takes half the memory.
day_changes as (
    select
        changes.account_id,
        {%- for name in names %}
        cast(sum(cast(changes.{{ name }} as double)) as bigint) as {{ name }},
        {%- endfor %}
        changes.activity_date,
        {{ month_start('changes.activity_date') }} as month_start
    from changes
    inner join scope on changes.activity_date <= scope.as_of_date
    group by changes.account_id, changes.activity_date
),

month_changes as (
    select
        account_id,
        {%- for name in names %}
        sum(cast({{ name }} as double)) as {{ name }},
        sum(cast(case when activity_date = month_start then {{ name }} else 0 end as double)) as first_day_{{ name }},
        {%- endfor %}
        month_start
    from day_changes
    group by account_id, month_start
),

first_months as (
    select
        account_id,
        min(month_start) as first_month
    from month_changes
    group by account_id
),

-- A month's segments are those of its close, so that each month begins with its level: what changed before it, and on
-- its first day.
month_levels as (
    select
        accounts.account_id,
        {%- for name in names %}
        cast(
            coalesce(sum(month_changes.{{ name }}) over (
                partition by accounts.account_id order by months.month_start
                rows between unbounded preceding and 1 preceding
            ), 0) + coalesce(month_changes.first_day_{{ name }}, 0) as bigint
        ) as {{ name }},
        {%- endfor %}
        months.month_start as activity_date,
        months.month_start
    from first_months as accounts
    inner join months on accounts.first_month <= months.month_start
    left join month_changes
        on accounts.account_id = month_changes.account_id and months.month_start = month_changes.month_start
),

final as (
    select * from day_changes
    where activity_date != month_start
    union all
    select * from month_levels
    where greatest({{ names | join(', ') }}) > 0
)

select * from final
{%- if is_incremental() %}
where {{ is_touched_change('account_id', 'activity_date') }}
{%- endif %}
