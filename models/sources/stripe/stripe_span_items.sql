-- Each item in each span: units, price of a unit in its currency, and what it costs before discounts. A price in tiers
-- is one unit at the total; metered prices are no MRR.
with priced as (
    select
        spans.subscription_id,
        spans.customer,
        spans.starts_at,
        spans.valid_from,
        spans.valid_to,
        spans.recorded_at,
        spans.status,
        spans._file_name,
        spans._row_number,
        items.item_id,
        case when spans.origin = 'event' then spans.valid_from else greatest(spans.valid_from, coalesce(items.created_at, 0)) end
            as item_valid_from,
        prices.price_id,
        coalesce(prices.plan_id, items.price_id) as plan_id,
        prices.product_id,
        prices.currency,
        prices.billing_interval,
        prices.billing_interval_count,
        case
            when prices.tiers_mode is not null then cast(1 as decimal(18, 6))
            when prices.divide_by is null then items.quantity
            when prices.rounding = 'down' then cast(floor(items.quantity / prices.divide_by) as decimal(18, 6))
            else cast(ceil(items.quantity / prices.divide_by) as decimal(18, 6))
        end as units,
        cast(
            case when prices.tiers_mode is null then prices.unit_amount else totals.total end / prices.minor_units as decimal(28, 12)
        ) as unit_price
    from {{ ref('stripe_spans') }} as spans
    inner join {{ ref('stripe_state_items') }} as items
        on spans.subscription_id = items.subscription_id and spans.starts_at = items.starts_at
    left join {{ ref('stripe_prices') }} as prices on items.price_id = prices.price_id
    left join {{ ref('stripe_tier_totals') }} as totals
        on items.price_id = totals.price_id and items.quantity = totals.quantity
    where coalesce(prices.usage_type, 'licensed') <> 'metered'
),

final as (
    select
        *,
        cast(coalesce(units * unit_price, 0) as double) as item_value
    from priced
    where valid_to is null or item_valid_from < valid_to or valid_from = valid_to
)

select * from final
