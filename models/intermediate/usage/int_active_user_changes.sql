{%- set windows = [1, 7, 30] %}
{%- set counted = ['active_users', 'active_issued_users', 'active_accounts'] %}
{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_rows(is_touched_change('account_id', 'activity_date')) }}"
) }}

-- An event makes its user active on its day and on the following days of the window. A day opens a stretch of activity
-- where the window of the day before it does not reach it, and closes one where its own does not reach the next day.
-- Counted by account and day, the closing counts need only be moved by the window to the day on which they take effect.
-- depends_on: {{ ref('int_touched_change_days') }}, {{ ref('int_touched_user_accounts') }}
with months as (
    select * from {{ ref('int_usage_coverage_months') }}
    where is_usage_recorded
),

scope as (
    select
        min(first_recorded_on) as first_recorded_on,
        max(closes_on) as as_of_date
    from months
),

windows as (
    {%- for window in windows %}
    select {{ window }} as window_days
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- A user of several accounts counts once, in the account of dim_users.
usage_users as (
    select
        usage_user_key,
        min(usage_user_key) over (partition by user_id) as user_key,
        user_id
    from {{ ref('int_usage_users') }}
    where user_id is not null
),

users as (
    select
        users.account_id,
        users.is_issued,
        coalesce(users.issued_on, cast('0001-01-01' as date)) as issued_from,
        {{ or_never('users.deactivated_on') }} as issued_to,
        usage_users.user_key
    from {{ ref('int_users') }} as users
    left join usage_users on users.user_id = usage_users.user_id and usage_users.user_key = usage_users.usage_user_key
),

user_days as (
    select distinct
        usage_users.user_key,
        days.activity_date
    from {{ ref('int_user_event_days') }} as days
    inner join usage_users on days.usage_user_key = usage_users.usage_user_key
    {%- if is_incremental() %}
    where
        days.activity_date in (select activity_date from {{ ref('int_touched_change_days') }})
        or usage_users.user_key in (
            select users.user_key
            from users
            inner join {{ ref('int_touched_user_accounts') }} as accounts on users.account_id = accounts.account_id
        )
    {%- endif %}
),

neighboured_user_days as (
    select
        *,
        lag(activity_date) over (partition by user_key order by activity_date) as previous_date,
        lead(activity_date) over (partition by user_key order by activity_date) as next_date
    from user_days
),

-- The ID of most users was issued before the day and outlasts every window.
user_edges as (
    select
        users.account_id,
        users.is_issued and users.issued_from < days.activity_date
        and users.issued_to > {{ add_days('days.activity_date', windows | max) }} as is_issued_throughout,
        days.activity_date,
        {%- for window in windows %}
        coalesce(days.activity_date > {{ add_days('days.previous_date', window) }}, true) as opens_{{ window }}d,
        coalesce(days.next_date > {{ add_days('days.activity_date', window) }}, true) as closes_{{ window }}d
        {{- ',' if not loop.last }}
        {%- endfor %}
    from neighboured_user_days as days
    inner join users on days.user_key = users.user_key
),

neighboured_account_days as (
    select
        account_id,
        activity_date,
        lag(activity_date) over (partition by account_id order by activity_date) as previous_date,
        lead(activity_date) over (partition by account_id order by activity_date) as next_date
    from {{ ref('int_account_usage_days') }}
    {%- if is_incremental() %}
    where
        activity_date in (select activity_date from {{ ref('int_touched_change_days') }})
        or account_id in (select account_id from {{ ref('int_touched_user_accounts') }})
    {%- endif %}
),

day_edges as (
    select
        account_id,
        activity_date,
        {%- for window in windows %}
        {%- for edge in ['opens', 'closes'] %}
        cast(count(case when {{ edge }}_{{ window }}d then 1 end) as integer) as {{ edge }}_active_users_{{ window }}d,
        cast(count(case when is_issued_throughout and {{ edge }}_{{ window }}d then 1 end) as integer)
            as {{ edge }}_active_issued_users_{{ window }}d,
        0 as {{ edge }}_active_accounts_{{ window }}d
        {{- ',' if not loop.last }}
        {%- endfor %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from user_edges
    group by account_id, activity_date
    union all
    select
        account_id,
        activity_date,
        {%- for window in windows %}
        0 as opens_active_users_{{ window }}d,
        0 as opens_active_issued_users_{{ window }}d,
        case when activity_date <= {{ add_days('previous_date', window) }} then 0 else 1 end
            as opens_active_accounts_{{ window }}d,
        0 as closes_active_users_{{ window }}d,
        0 as closes_active_issued_users_{{ window }}d,
        case when next_date <= {{ add_days('activity_date', window) }} then 0 else 1 end
            as closes_active_accounts_{{ window }}d
        {{- ',' if not loop.last }}
        {%- endfor %}
    from neighboured_account_days
),

-- Around the days on which a user's ID is issued and deactivated, the part of each window in which it counts.
issued_windows as (
    select
        users.account_id,
        windows.window_days,
        greatest(days.activity_date, users.issued_from) as starts_on,
        least(
            {{ add_days('days.activity_date', 'windows.window_days') }}, {{ or_never('days.next_date') }}, users.issued_to
        ) as ends_on,
        users.issued_from >= days.activity_date
        or coalesce(days.activity_date > {{ add_days('days.previous_date', 'windows.window_days') }}, true) as is_first,
        users.issued_from >= days.next_date
        or users.issued_to <= days.next_date
        or coalesce(days.next_date > {{ add_days('days.activity_date', 'windows.window_days') }}, true) as is_last
    from neighboured_user_days as days
    inner join users on days.user_key = users.user_key
    cross join windows
    where
        users.is_issued
        and (
            users.issued_from >= days.activity_date
            or users.issued_to <= {{ add_days('days.activity_date', windows | max) }}
        )
),

issued_changes as (
    select
        account_id,
        window_days,
        starts_on as activity_date,
        1 as change
    from issued_windows
    where is_first and starts_on < ends_on
    union all
    select
        account_id,
        window_days,
        ends_on as activity_date,
        -1 as change
    from issued_windows
    where is_last and starts_on < ends_on
),

-- A user ID counts as issued from its day of issue to the day before it was deactivated.
issued_ids as (
    select
        users.account_id,
        greatest(users.issued_from, scope.first_recorded_on) as starts_on,
        users.issued_to as ends_on
    from users
    cross join scope
    where users.is_issued and users.issued_to > greatest(users.issued_from, scope.first_recorded_on)
),

changes as (
    select
        account_id,
        activity_date,
        {%- for name in counted %}
        {%- for window in windows %}
        opens_{{ name }}_{{ window }}d as {{ name }}_{{ window }}d,
        {%- endfor %}
        {%- endfor %}
        0 as issued_users
    from day_edges
    where {% for name in counted %}opens_{{ name }}_1d > 0{{ ' or ' if not loop.last }}{% endfor %}
    {%- for moved in windows %}
    union all
    select
        account_id,
        {{ add_days('activity_date', moved) }} as activity_date,
        {%- for name in counted %}
        {%- for window in windows %}
        {{ '-closes_' ~ name ~ '_' ~ window ~ 'd' if window == moved else 0 }} as {{ name }}_{{ window }}d,
        {%- endfor %}
        {%- endfor %}
        0 as issued_users
    from day_edges
    where {% for name in counted %}closes_{{ name }}_{{ moved }}d > 0{{ ' or ' if not loop.last }}{% endfor %}
    {%- endfor %}
    union all
    select
        account_id,
        activity_date,
        {%- for name in counted %}
        {%- for window in windows %}
        {{ 'case when window_days = ' ~ window ~ ' then change else 0 end' if name == 'active_issued_users' else 0 }}
            as {{ name }}_{{ window }}d,
        {%- endfor %}
        {%- endfor %}
        0 as issued_users
    from issued_changes
    {%- for edge, change in [('starts_on', 1), ('ends_on', -1)] %}
    union all
    select
        account_id,
        {{ edge }} as activity_date,
        {%- for name in counted %}
        {%- for window in windows %}
        0 as {{ name }}_{{ window }}d,
        {%- endfor %}
        {%- endfor %}
        {{ change }} as issued_users
    from issued_ids
    {%- endfor %}
),
{%- set measures = [] %}
{%- for name in counted %}
    {%- for window in windows %}
        {%- do measures.append(name ~ '_' ~ window ~ 'd') %}
    {%- endfor %}
{%- endfor %}
{%- do measures.append('issued_users') %}

day_changes as (
    select
        changes.account_id,
        changes.activity_date,
        {{ month_start('changes.activity_date') }} as month_start,
        {%- for measure in measures %}
        sum(changes.{{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from changes
    inner join scope on changes.activity_date <= scope.as_of_date
    group by changes.account_id, changes.activity_date
),

month_changes as (
    select
        account_id,
        month_start,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        sum(case when activity_date = month_start then {{ measure }} else 0 end) as first_day_{{ measure }}
        {{- ',' if not loop.last }}
        {%- endfor %}
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
        months.month_start,
        {%- for measure in measures %}
        coalesce(sum(month_changes.{{ measure }}) over (
            partition by accounts.account_id order by months.month_start
            rows between unbounded preceding and 1 preceding
        ), 0) + coalesce(month_changes.first_day_{{ measure }}, 0) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from first_months as accounts
    inner join months on accounts.first_month <= months.month_start
    left join month_changes
        on accounts.account_id = month_changes.account_id and months.month_start = month_changes.month_start
),

final as (
    select
        account_id,
        {%- for measure in measures %}
        cast({{ measure }} as bigint) as {{ measure }},
        {%- endfor %}
        activity_date,
        month_start
    from day_changes
    where activity_date != month_start
    union all
    select
        account_id,
        {%- for measure in measures %}
        cast({{ measure }} as bigint) as {{ measure }},
        {%- endfor %}
        month_start as activity_date,
        month_start
    from month_levels
    where greatest({{ measures | join(', ') }}) > 0
)

select * from final
{%- if is_incremental() %}
where {{ is_touched_change('account_id', 'activity_date') }}
{%- endif %}
