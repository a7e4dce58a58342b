{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_rows(is_touched_day('account_id', 'activity_date')) }}"
) }}

-- depends_on: {{ ref('int_touched_days') }}, {{ ref('int_touched_accounts') }}
with occurrences as (
    select * from {{ ref('int_onboarding_occurrences') }}
    where
        source_kind in ('event', 'feature')
        {%- if is_incremental() %}
        and {{ is_touched_day('account_id', 'activity_date') }}
        {%- endif %}
),

final as (
    select
        account_id,
        step_key,
        cast(sum(occurrences) as bigint) as occurrences,
        activity_date
    from occurrences
    group by account_id, step_key, activity_date
)

select * from final
