{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_rows(is_touched_day('account_id', 'activity_date')) }}"
) }}

-- Days with product events, up to the as-of date.
-- depends_on: {{ ref('int_touched_days') }}, {{ ref('int_touched_accounts') }}
with user_days as (
    select * from {{ ref('int_user_days') }}
    {%- if is_incremental() %}
    where {{ is_touched_day('account_id', 'activity_date') }}
    {%- endif %}
),

final as (
    select
        account_id,
        activity_date,
        cast(sum(event_count) as bigint) as event_count
    from user_days
    group by account_id, activity_date
)

select * from final
