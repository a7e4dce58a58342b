{{ config(materialized=growing_table(), incremental_strategy='append') }}

-- Numbers are narrower than names in models of as many rows as there are events. A number once given stays.
-- depends_on: {{ ref('int_touched_days') }}, {{ ref('int_touched_accounts') }}
with users as (
    select distinct
        account_id,
        user_id
    from {{ ref('int_usage_events') }}
    {%- if is_incremental() %}
    where {{ is_near_touched_day('occurred_at') }} and {{ is_touched_day('account_id', 'activity_date') }}
    except
    select
        account_id,
        user_id
    from {{ this }}
    {%- endif %}
),

final as (
    select
        cast(
            row_number() over (order by account_id, user_id)
            {%- if is_incremental() %} + (select coalesce(max(usage_user_key), 0) from {{ this }}){% endif %} as integer
        ) as usage_user_key,
        account_id,
        user_id
    from users
)

select * from final
