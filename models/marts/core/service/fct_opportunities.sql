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
        ) as is_closed
    from opportunities
),

-- An open opportunity is worth what it would bring today, as in the pipeline of the month that holds the as-of date.
valued as (
    select
        *,
        case when is_closed then least({{ month_end('happened_on') }}, as_of_date) else as_of_date end as valued_on
    from known
),

-- An opportunity won or lost without a date closes on its last known date. No step comes before its creation.
final as (
    select
        valued.opportunity_id,
        {{ customer_segments(renamed={'product_id': 'main_product_id'}) }},
        valued.campaign_id,
        valued.product_id,
        valued.kind,
        valued.source,
        valued.currency,
        case when valued.is_closed then valued.outcome else 'open' end as outcome,
        cast(valued.mrr as decimal(18, 4)) as mrr_local,
        {{ converted('valued.mrr', 'fx_rates.rate_to_reporting') }} as mrr,
        valued.kind in ('upsell', 'cross_sell') and valued.source = 'customer_success' as is_csql,
        valued.created_at,
        case when valued.accepted_on is not null then valued.accepted_at end as accepted_at,
        case when valued.closed_on is not null then valued.closed_at end as closed_at,
        valued.happened_on as created_on,
        case when valued.accepted_on is not null then greatest(valued.accepted_on, valued.happened_on) end
            as accepted_on,
        case
            when valued.is_closed
                then greatest(
                    coalesce(valued.closed_on, valued.accepted_on, valued.happened_on), valued.happened_on
                )
        end as closed_on,
        valued.month_start
    from valued
    {{ join_fx_rates('valued', 'valued_on') }}
    {{ join_customer_segments('valued') }}
)

select * from final
