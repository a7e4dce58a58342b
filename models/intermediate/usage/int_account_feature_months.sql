{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_rows(is_touched_month('account_id', 'month_start')) }}"
) }}

-- depends_on: {{ ref('int_touched_days') }}, {{ ref('int_touched_accounts') }}, {{ ref('int_touched_user_accounts') }}
with users as (
    select * from {{ ref('int_users') }}
),

events as (
    select
        account_id,
        user_id,
        feature,
        {{ month_start('activity_date') }} as month_start,
        event_count
    from {{ ref('int_usage_events') }}
    where
        feature is not null
        {%- if is_incremental() %}
        {%- if has_rows(ref('int_touched_user_accounts'), 'has_moved_users') %}
        and (
            {{ is_touched_month('account_id', month_start('activity_date')) }}
            or user_id in (
                select user_id from users
                where account_id in (
                    select account_id from {{ ref('int_touched_user_accounts') }}
                    where has_moved_users
                )
            )
        )
        {%- else %}
        and {{ is_near_touched_day('occurred_at', reach='month') }}
        and {{ is_touched_month('account_id', month_start('activity_date')) }}
        {%- endif %}
        {%- endif %}
),

-- An event counts in the account in which it happened, a user once in the account of the issued user ID.
account_or_user_months as (
    select
        account_id,
        user_id,
        feature,
        month_start,
        grouping(account_id) = 0 as is_of_account,
        sum(event_count) as events
    from events
    group by grouping sets ((account_id, feature, month_start), (user_id, feature, month_start))
),

stacked as (
    select
        coalesce(users.account_id, months.account_id) as account_id,
        months.feature,
        months.month_start,
        case when months.is_of_account then months.events else 0 end as events,
        case when months.is_of_account then 0 else 1 end as users
    from account_or_user_months as months
    left join users on months.user_id = users.user_id
    where months.is_of_account or users.user_id is not null
),

counted as (
    select
        account_id,
        feature,
        month_start,
        sum(events) as events,
        sum(users) as users
    from stacked
    group by account_id, feature, month_start
),

final as (
    select
        counted.account_id,
        counted.feature,
        {%- for kind in ['integration', 'app'] %}
        {%- set prefix = var(kind ~ '_feature_prefix') %}
        substr(counted.feature, 1, {{ prefix | length }}) = '{{ prefix }}' as is_{{ kind }},
        {%- endfor %}
        cast(counted.users as bigint) as users,
        cast(counted.events as bigint) as events,
        counted.month_start
    from counted
)

select * from final
{%- if is_incremental() %}
where {{ is_touched_month('account_id', 'month_start') }}
{%- endif %}
