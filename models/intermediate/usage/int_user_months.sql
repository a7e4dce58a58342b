{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_rows(is_touched_month('account_id', 'month_start')) }}"
) }}

-- depends_on: {{ ref('int_touched_days') }}, {{ ref('int_touched_user_accounts') }}
with final as (
    select distinct
        account_id,
        user_id,
        {{ month_start('activity_date') }} as month_start
    from {{ ref('int_user_days') }}
    where
        user_id is not null
        {%- if is_incremental() %}
        and {{ is_touched_month('account_id', month_start('activity_date')) }}
        {%- endif %}
)

select * from final
