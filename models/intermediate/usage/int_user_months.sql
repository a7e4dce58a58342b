{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_rows(is_touched_month('account_id', 'month_start')) }}"
) }}

-- depends_on: {{ ref('int_touched_days') }}, {{ ref('int_touched_user_accounts') }}
with users as (
    select * from {{ ref('int_usage_users') }}
    where user_id is not null
),

user_months as (
    select distinct
        days.usage_user_key,
        {{ month_start('days.activity_date') }} as month_start
    from {{ ref('int_user_event_days') }} as days
    inner join users on days.usage_user_key = users.usage_user_key
    {%- if is_incremental() %}
    where {{ is_touched_month('users.account_id', month_start('days.activity_date')) }}
    {%- endif %}
),

final as (
    select
        users.account_id,
        users.user_id,
        user_months.month_start
    from user_months
    inner join users on user_months.usage_user_key = users.usage_user_key
)

select * from final
