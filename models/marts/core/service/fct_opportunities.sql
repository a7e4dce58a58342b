with opportunities as (
    {{ dated_rows(ref('stg_opportunities'), 'created_at') }}
),

known as (
    select
        opportunities.*,
        {{ known_day('opportunities', 'accepted_at') }} as accepted_on,
        {{ known_day('opportunities', 'closed_at') }} as closed_on,
        opportunities.outcome != 'open' and coalesce(
            {{ local_date('opportunities.closed_at', 'opportunities.reporting_timezone') }}
            <= opportunities.as_of_date,
            true
        ) as is_closed,
        least({{ month_end('opportunities.happened_on') }}, opportunities.as_of_date) as valued_on
    from opportunities
),

-- An opportunity won or lost without a date closes on its last known date. No step comes before its creation.
final as (
    select
        known.opportunity_id,
        {{ customer_segments(renamed={'product_id': 'main_product_id'}) }},
        known.campaign_id,
        known.product_id,
        known.kind,
        known.source,
        known.currency,
        case when known.is_closed then known.outcome else 'open' end as outcome,
        cast(known.mrr as decimal(18, 4)) as mrr_local,
        {{ converted('known.mrr', 'fx_rates.rate_to_reporting') }} as mrr,
        known.kind in ('upsell', 'cross_sell') and known.source = 'customer_success' as is_csql,
        known.created_at,
        case when known.accepted_on is not null then known.accepted_at end as accepted_at,
        case when known.closed_on is not null then known.closed_at end as closed_at,
        known.happened_on as created_on,
        case when known.accepted_on is not null then greatest(known.accepted_on, known.happened_on) end
            as accepted_on,
        case
            when known.is_closed
                then greatest(
                    coalesce(known.closed_on, known.accepted_on, known.happened_on), known.happened_on
                )
        end as closed_on,
        known.month_start
    from known
    {{ join_fx_rates('known', 'valued_on') }}
    {{ join_customer_segments('known') }}
)

select * from final
