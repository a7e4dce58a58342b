-- What a quantity costs in tiers, in minor units: by volume all units at the price of the tier that is reached,
-- graduated each unit at the price of its own tier.
with quantities as (
    select distinct
        price_id,
        quantity
    from {{ ref('stripe_state_items') }}
),

positions as (
    select
        price_id,
        tiers_mode,
        tiers,
        divide_by,
        rounding,
        {{ json_positions('tiers') }} as position
    from {{ ref('stripe_prices') }}
    where tiers_mode in ('volume', 'graduated')
),

bodies as (
    select
        price_id,
        tiers_mode,
        position,
        {{ json_element('tiers', 'position') }} as body
    from positions
),

tiers as (
    select
        price_id,
        tiers_mode,
        position,
        cast(nullif({{ json_text('body', 'up_to') }}, 'inf') as decimal(18, 6)) as up_to,
        cast(coalesce({{ json_text('body', 'unit_amount_decimal') }}, {{ json_text('body', 'unit_amount') }}, '0') as decimal(18, 8))
            as unit_amount,
        cast(coalesce({{ json_text('body', 'flat_amount_decimal') }}, {{ json_text('body', 'flat_amount') }}, '0') as decimal(18, 8))
            as flat_amount
    from bodies
),

bounded as (
    select
        *,
        coalesce(lag(up_to) over (partition by price_id order by position), 0) as above
    from tiers
),

final as (
    select
        quantities.price_id,
        quantities.quantity,
        sum(case
            when bounded.tiers_mode = 'volume' then
                case
                    when bounded.up_to is null or quantities.quantity <= bounded.up_to
                        then quantities.quantity * bounded.unit_amount + bounded.flat_amount
                    else 0
                end
            else
                (least(quantities.quantity, coalesce(bounded.up_to, quantities.quantity)) - bounded.above) * bounded.unit_amount
                + bounded.flat_amount
        end) as total
    from quantities
    inner join bounded
        on
            quantities.price_id = bounded.price_id
            and (bounded.position = 0 or quantities.quantity > bounded.above)
    group by quantities.price_id, quantities.quantity
)

select * from final
