with charges as (
    select * from {{ ref('int_other_charges') }}
    where reason is null and is_counted
),

settings as (
    select * from {{ ref('int_settings') }}
),

resolved as (
    select * from {{ ref('int_accounts_resolved') }}
),

plans as (
    select * from {{ ref('stg_plans') }}
),

final as (
    select
        charges.subscription_item_id,
        charges.subscription_id,
        resolved.customer_account_id as account_id,
        charges.plan_id,
        plans.product_id,
        charges.charge_kind,
        charges.currency,
        charges.quantity,
        charges.unit_price,
        charges.discount_rate,
        charges.amount_local,
        {{ converted('charges.amount_local', 'fx_rates.rate_to_reporting') }} as amount,
        charges.charged_on,
        charges.valid_from,
        {{ month_start('charges.charged_on') }} as month_start
    from charges
    inner join settings on charges.charged_on <= settings.as_of_date
    inner join resolved on charges.account_id = resolved.account_id
    inner join plans on charges.plan_id = plans.plan_id
    {{ join_fx_rates('charges', 'charged_on') }}
)

select * from final
