-- The share that coupons take off each item in each span: in listed order, those of the item before those of the
-- subscription. An amount off is shared by value among the items of an invoice, which have one interval. A coupon
-- with the duration once is one invoice's and no change of MRR.
with applied as (
    select
        items.subscription_id,
        items.starts_at,
        items.valid_from,
        items.item_id,
        items.item_value,
        items.billing_interval,
        items.billing_interval_count,
        items.currency,
        discounts.discount_level,
        discounts.position,
        discounts.discount_id,
        coalesce(discounts.item_id, '') as discounted_item,
        discounts.coupon is null as is_unknown,
        cast({{ json_text('discounts.coupon', 'percent_off') }} as double) / 100 as percent_rate,
        cast({{ json_text('discounts.coupon', 'amount_off') }} as double) / coalesce(currencies.minor_units, 100) as amount_off
    from {{ ref('stripe_span_items') }} as items
    inner join {{ ref('stripe_discounts') }} as discounts
        on
            items.subscription_id = discounts.subscription_id
            and items.starts_at = discounts.starts_at
            and (discounts.item_id is null or items.item_id = discounts.item_id)
    left join {{ ref('stripe_currencies') }} as currencies
        on upper({{ json_text('discounts.coupon', 'currency') }}) = currencies.currency
    where
        (discounts.begins_at is null or discounts.begins_at <= items.valid_from)
        and (discounts.ends_at is null or items.valid_from < discounts.ends_at)
        and coalesce({{ json_text('discounts.coupon', 'duration') }}, '') <> 'once'
        and (
            {{ json_text('discounts.coupon', 'applies_to.products') }} is null
            or instr({{ json_text('discounts.coupon', 'applies_to.products') }}, concat('"', items.product_id, '"')) > 0
        )
),

shared as (
    select
        *,
        coalesce(percent_rate, 0) as share_off,
        case
            when percent_rate is null then amount_off / nullif(sum(item_value) over (
                partition by
                    subscription_id, starts_at, valid_from, discount_level, position, discounted_item,
                    billing_interval, billing_interval_count
            ), 0)
        end as amount_share
    from applied
),

-- What a later percentage leaves of an earlier amount.
ordered as (
    select
        *,
        sum(case when share_off >= 1 then 0 else ln(1 - share_off) end) over (
            partition by subscription_id, starts_at, valid_from, item_id
            order by discount_level desc, position desc
            rows between unbounded preceding and current row
        ) - case when share_off >= 1 then 0 else ln(1 - share_off) end as later_log,
        sum(case when share_off >= 1 then 1 else 0 end) over (
            partition by subscription_id, starts_at, valid_from, item_id
            order by discount_level desc, position desc
            rows between unbounded preceding and current row
        ) - case when share_off >= 1 then 1 else 0 end as later_free
    from shared
),

final as (
    select
        subscription_id,
        starts_at,
        valid_from,
        item_id,
        max(case when is_unknown then discount_id end) as unknown_discount_id,
        cast(round(greatest(0, least(1,
            1 - case when max(case when share_off >= 1 then 1 else 0 end) = 1 then 0
                else exp(sum(case when share_off >= 1 then 0 else ln(1 - share_off) end)) end
            + sum(case when later_free > 0 then 0 else coalesce(amount_share, 0) * exp(later_log) end)
        )), 10) as decimal(18, 10)) as discount_rate
    from ordered
    group by subscription_id, starts_at, valid_from, item_id
)

select * from final
