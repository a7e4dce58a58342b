{%- set segments = account_month_segments().values() | list -%}
{%- set compared = segments + [
    'opening_mrr', 'new_mrr', 'reactivated_mrr', 'expansion_mrr', 'contraction_mrr', 'churned_mrr', 'closing_mrr',
    'upsell_mrr', 'retained_mrr', 'is_new', 'is_reactivated', 'is_churned', 'is_involuntary_churn',
    'is_cs_controllable_churn', 'is_plan_upsold'
] -%}
with published_changes as (
    select * from {{ source('history', 'account_month_restatements') }}
),

previous_months as (
    select * from {{ source('history', 'fct_account_months') }}
),

present_months as (
    select * from {{ ref('fct_account_months') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

-- Up to and with its close day a month may change: its figures are reported then.
restatable as (
    select
        settings.run_id,
        settings.loaded_at,
        settings.as_of_date,
        settings.close_day,
        max(previous_months.month_start) as last_month
    from settings
    cross join previous_months
    group by settings.run_id, settings.loaded_at, settings.as_of_date, settings.close_day
),

paired_months as (
    select
        coalesce(present_months.account_id, previous_months.account_id) as account_id,
        coalesce(present_months.month_start, previous_months.month_start) as month_start,
        {%- for column in compared %}
        {%- set is_there = column not in segments or column in segment_dimensions().values() %}
        {%- for prefix, relation in [('', 'present_months'), ('previous_', 'previous_months')] %}
        {{ relation ~ '.' ~ column if is_there else 'cast(null as string)' }} as {{ prefix }}{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from present_months
    full outer join previous_months
        on
            present_months.account_id = previous_months.account_id
            and present_months.month_start = previous_months.month_start
),

changed_months as (
    select
        *,
        {%- for prefix in ['', 'previous_'] %}
        case
            when {{ prefix }}is_new then 'new'
            when {{ prefix }}is_reactivated then 'reactivation'
            when {{ prefix }}is_churned then 'churn'
            when {{ prefix }}expansion_mrr > 0 then 'expansion'
            when {{ prefix }}contraction_mrr > 0 then 'contraction'
        end as {{ prefix }}movement_type{{ ',' if not loop.last }}
        {%- endfor %}
    from paired_months
    where
        {%- for column in compared %}
        {{ 'or ' if not loop.first }}{{ column }} is distinct from previous_{{ column }}
        {%- endfor %}
),

final as (
    select
        cast(account_id as string) as account_id,
        cast(run_id as string) as run_id,
        cast(movement_type as string) as movement_type,
        cast(previous_movement_type as string) as previous_movement_type,
        {%- for column in segments %}
        cast({{ column }} as string) as {{ column }},
        cast(previous_{{ column }} as string) as previous_{{ column }},
        {%- endfor %}
        cast(opening_mrr as decimal(18, 4)) as opening_mrr,
        cast(previous_opening_mrr as decimal(18, 4)) as previous_opening_mrr,
        cast(closing_mrr as decimal(18, 4)) as closing_mrr,
        cast(previous_closing_mrr as decimal(18, 4)) as previous_closing_mrr,
        cast(published_at as timestamp) as published_at,
        cast(as_of_date as date) as as_of_date,
        cast(month_start as date) as month_start
    from published_changes
    union all
    select
        cast(changed_months.account_id as string) as account_id,
        cast(restatable.run_id as string) as run_id,
        cast(changed_months.movement_type as string) as movement_type,
        cast(changed_months.previous_movement_type as string) as previous_movement_type,
        {%- for column in segments %}
        cast(changed_months.{{ column }} as string) as {{ column }},
        cast(changed_months.previous_{{ column }} as string) as previous_{{ column }},
        {%- endfor %}
        cast(changed_months.opening_mrr as decimal(18, 4)) as opening_mrr,
        cast(changed_months.previous_opening_mrr as decimal(18, 4)) as previous_opening_mrr,
        cast(changed_months.closing_mrr as decimal(18, 4)) as closing_mrr,
        cast(changed_months.previous_closing_mrr as decimal(18, 4)) as previous_closing_mrr,
        cast(restatable.loaded_at as timestamp) as published_at,
        cast(restatable.as_of_date as date) as as_of_date,
        cast(changed_months.month_start as date) as month_start
    from changed_months
    cross join restatable
    where
        changed_months.month_start <= restatable.last_month
        and {{ closes_on('changed_months.month_start', 'restatable.close_day') }} < restatable.as_of_date
)

select * from final
