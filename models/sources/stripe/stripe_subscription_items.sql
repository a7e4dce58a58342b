-- Versions of Stripe's subscription items. A discount whose coupon is not in the export is said as such, which
-- quarantines the row: its MRR is not known.
with items as (
    select * from {{ ref('stripe_span_items') }}
),

final as (
    select
        items.item_id as subscription_item_id,
        items.subscription_id,
        coalesce(accounts.account_id, items.customer) as account_id,
        items.plan_id,
        cast(items.units as string) as quantity,
        cast(cast(items.unit_price as decimal(18, 8)) as string) as unit_price,
        case
            when rates.unknown_discount_id is not null then concat('not exported: ', rates.unknown_discount_id)
            else cast(coalesce(rates.discount_rate, 0) as string)
        end as discount_rate,
        items.currency,
        items.billing_interval,
        items.billing_interval_count,
        items.status,
        {{ text_of_seconds('items.item_valid_from') }} as valid_from,
        {{ text_of_seconds('items.valid_to') }} as valid_to,
        {{ text_of_seconds('items.recorded_at') }} as recorded_at,
        concat(items._file_name, ' [', items.item_id, ' ', cast(items.valid_from as string), ']') as _file_name,
        items._row_number
    from items
    left join {{ ref('stripe_accounts') }} as accounts on items.customer = accounts.customer_id
    left join {{ ref('stripe_discount_rates') }} as rates
        on
            items.subscription_id = rates.subscription_id
            and items.starts_at = rates.starts_at
            and items.valid_from = rates.valid_from
            and items.item_id = rates.item_id
)

select * from final
