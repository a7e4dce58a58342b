{#- Outcomes of each account in the days after its index day; an outcome whose days are not over yet has no row.

    comparisons  a model of `effect_comparisons`, with `key` -#}
{% macro effect_outcomes(comparisons, key) -%}
    with comparisons as (
        select * from {{ comparisons }}
    ),

    outcomes as (
        select * from {{ ref('campaign_outcomes') }}
    ),

    movements as (
        select * from {{ ref('fct_mrr_movements') }}
    ),

    drivers as (
        select * from {{ ref('fct_mrr_movement_drivers') }}
    ),

    settings as (
        select * from {{ ref('int_settings') }}
    ),

    onboarding as (
        select
            accounts.account_id,
            {{ local_date('accounts.offered_at', 'settings.reporting_timezone') }} as offered_on,
            {{ local_date('accounts.completed_at', 'settings.reporting_timezone') }} as completed_on
        from {{ ref('fct_onboarding_accounts') }} as accounts
        cross join settings
        where accounts.is_completed is not null
    ),

    -- Churn, upsell and cross-sell, by the outcome that they decide.
    events as (
        select
            account_id,
            'churn' as event,
            movement_date as happened_on
        from movements
        where movement_type = 'churn'
        union all
        select
            account_id,
            case when is_upsell then 'upsell' else 'cross_sell' end as event,
            movement_date as happened_on
        from drivers
        where is_upsell or is_cross_sell
    ),

    first_events as (
        select
            comparisons.{{ key }},
            comparisons.account_id,
            events.event,
            min(events.happened_on) as happened_on
        from comparisons
        inner join events
            on comparisons.account_id = events.account_id and comparisons.index_on < events.happened_on
        group by comparisons.{{ key }}, comparisons.account_id, events.event
    ),

    final as (
        select
            comparisons.{{ key }},
            outcomes.outcome,
            comparisons.account_id,
            comparisons.situation,
            comparisons.size_band,
            comparisons.tenure_band,
            comparisons.activity_band,
            comparisons.is_treated,
            comparisons.is_customer,
            comparisons.has_csm,
            comparisons.has_contract,
            comparisons.has_products,
            case
                when outcomes.outcome = 'onboarding_completed'
                    then coalesce(
                        onboarding.completed_on <= {{ add_days('comparisons.index_on', 'outcomes.within_days') }}, false
                    )
                when outcomes.outcome = 'active_after_28d' then comparisons.is_active_after
                when outcomes.outcome in ('upsell', 'cross_sell')
                    then coalesce(
                        first_events.happened_on <= {{ add_days('comparisons.index_on', 'outcomes.within_days') }}, false
                    )
                else coalesce(
                    first_events.happened_on > {{ add_days('comparisons.index_on', 'outcomes.within_days') }}, true
                )
            end as is_reached
        from comparisons
        cross join outcomes
        cross join settings
        left join onboarding on comparisons.account_id = onboarding.account_id
        left join first_events
            on
                comparisons.{{ key }} = first_events.{{ key }}
                and comparisons.account_id = first_events.account_id
                and first_events.event = case
                    when outcomes.outcome in ('upsell', 'cross_sell') then outcomes.outcome else 'churn'
                end
        where
            settings.as_of_date >= {{ add_days('comparisons.index_on', 'outcomes.within_days') }}
            and case outcomes.population
                when 'customer' then comparisons.is_customer
                when 'not_onboarded'
                    then
                        onboarding.offered_on <= comparisons.index_on
                        and coalesce(onboarding.completed_on > comparisons.index_on, true)
                else true
            end
    )

    select * from final
    where is_reached is not null
{%- endmacro %}
