-- What Stripe's export does not say, so that nobody reads a figure as if it did.
with without_events as (
    select count(*) as subscriptions
    from {{ ref('stripe_states') }}
    where origin = 'present'
),

metered as (
    select count(distinct items.item_id) as items
    from {{ ref('stripe_state_items') }} as items
    inner join {{ ref('stripe_prices') }} as prices on items.price_id = prices.price_id
    where prices.usage_type = 'metered'
),

final as (
    select
        'subscription_items' as table_name,
        'history_unknown' as kind,
        'valid_from' as column_name,
        'stripe' as row_key,
        concat(
            cast(subscriptions as string),
            ' subscriptions have no events: price and quantity of today count since the item was created; land events to know more'
        ) as detail_en,
        concat(cast(subscriptions as string), '件のサブスクリプションにイベントがない。明細の作成時から今日の価格と数量で数える') as detail_ja
    from without_events
    where subscriptions > 0
    union all
    select
        'subscription_items' as table_name,
        'usage_left_out' as kind,
        'quantity' as column_name,
        'stripe' as row_key,
        concat(cast(items as string), ' items have metered prices, which are no MRR') as detail_en,
        concat(cast(items as string), '件の明細は従量課金で、MRRに含まない') as detail_ja
    from metered
    where items > 0
)

select * from final
