{#- `label`: what the reason names, such as a step; the others have figures alone. -#}
{%- set with_label = ['int_renewal_work_reasons', 'int_onboarding_work_reasons', 'int_health_work_reasons'] -%}
{%- set with_deadline = ['int_leaving_work_reasons', 'int_renewal_work_reasons'] -%}
-- Every reason to act for a customer today, with what it rests on.
with customers as (
    select * from {{ ref('dim_accounts') }}
    where is_customer
),

settings as (
    select as_of_date from {{ ref('int_settings') }}
),

reasons as (
    select * from {{ ref('work_reasons') }}
),

found as (
    {%- for model in [
        'int_leaving_work_reasons', 'int_renewal_work_reasons', 'int_usage_work_reasons', 'int_onboarding_work_reasons',
        'int_voice_work_reasons', 'int_health_work_reasons'
    ] %}
    select
        account_id,
        reason,
        arose_on,
        {{ 'deadline_on' if model in with_deadline else 'cast(null as date) as deadline_on' }},
        value_1,
        value_2,
        {{ 'label_en' if model in with_label else 'cast(null as string) as label_en' }},
        {{ 'label_ja' if model in with_label else 'cast(null as string) as label_ja' }}
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- A reason that is too old to be acted on is no work any more.
dated as (
    select
        found.account_id,
        found.reason,
        reasons.label_en as reason_label_en,
        reasons.label_ja as reason_label_ja,
        {%- for language in ['en', 'ja'] %}
        replace(
            replace(
                replace(reasons.evidence_{{ language }}, '{1}', coalesce(found.value_1, '–')),
                '{2}', coalesce(found.value_2, '–')
            ),
            '{label}', coalesce(found.label_{{ language }}, '–')
        ) as evidence_{{ language }},
        {%- endfor %}
        reasons.reason_order,
        reasons.again_after_days,
        reasons.is_growth,
        reasons.assumed_chance,
        found.arose_on,
        {{ add_days('coalesce(found.arose_on, settings.as_of_date)', 'reasons.due_in_days') }} as usual_due_on,
        found.deadline_on,
        settings.as_of_date
    from found
    cross join settings
    inner join customers on found.account_id = customers.account_id
    inner join reasons on found.reason = reasons.reason
    where
        reasons.shown_days is null
        or found.arose_on is null
        or {{ add_days('found.arose_on', 'reasons.shown_days') }} > settings.as_of_date
),

-- Work that was left undone is due today.
final as (
    select
        *,
        greatest(least(usual_due_on, coalesce(deadline_on, usual_due_on)), as_of_date) as due_on
    from dated
)

select * from final
