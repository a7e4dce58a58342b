{{ config(materialized='view') }}

-- Charges that are not recurring are dated by valid_from and converted at the rate of that day.
with charges as (
    select * from {{ ref('stg_subscription_items') }}
    where charge_kind != 'recurring'
),

settings as (
    select * from {{ ref('int_settings') }}
),

first_rates as (
    select * from {{ ref('int_first_fx_rates') }}
),

dated_charges as (
    select
        charges.*,
        settings.reporting_currency,
        settings.latest_as_of_date,
        {{ local_date('charges.valid_from', 'settings.reporting_timezone') }} as charged_on,
        charges.status in ('active', 'past_due') as is_counted,
        {{ monthly_amount('charges.quantity', 'charges.unit_price', 'charges.discount_rate', "'month'", '1') }} as amount_local
    from charges
    cross join settings
),

final as (
    select
        dated_charges.subscription_item_id,
        dated_charges.subscription_id,
        dated_charges.account_id,
        dated_charges.plan_id,
        dated_charges.charge_kind,
        dated_charges.currency,
        dated_charges.status,
        dated_charges.quantity,
        dated_charges.unit_price,
        dated_charges.discount_rate,
        cast(dated_charges.amount_local as decimal(18, 4)) as amount_local,
        dated_charges.is_counted,
        dated_charges.charged_on,
        dated_charges.valid_from,
        dated_charges._file_name,
        dated_charges._row_number,
        case
            when dated_charges.amount_local is null then 'out_of_range'
            when
                dated_charges.is_counted
                and dated_charges.currency != dated_charges.reporting_currency
                and dated_charges.charged_on <= dated_charges.latest_as_of_date
                and coalesce(first_rates.first_rate_date > dated_charges.charged_on, true)
                then 'no_exchange_rate'
        end as reason
    from dated_charges
    left join first_rates on dated_charges.currency = first_rates.currency
)

select * from final
