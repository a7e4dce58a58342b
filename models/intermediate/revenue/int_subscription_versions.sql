{{ config(materialized='view') }}

with settings as (
    select * from {{ ref('int_settings') }}
),

-- A version that ends before it begins is left out, so that it does not end another one. Only recurring charges are MRR.
versions as (
    select *
    from {{ ref('stg_subscription_items') }}
    where charge_kind = 'recurring' and (valid_to is null or valid_to > valid_from)
),

first_rates as (
    select * from {{ ref('int_first_fx_rates') }}
),

followed_versions as (
    select
        *,
        lead(valid_from) over (partition by subscription_item_id order by valid_from) as next_valid_from
    from versions
),

-- A later version ends the earlier one for good, even where the later one ends first.
repaired_versions as (
    select
        followed_versions.*,
        coalesce(followed_versions.next_valid_from < followed_versions.valid_to, followed_versions.next_valid_from is not null)
            as is_overlap_repaired,
        least(followed_versions.valid_to, followed_versions.next_valid_from) as repaired_valid_to
    from followed_versions
),

dated_versions as (
    select
        repaired_versions.*,
        settings.reporting_currency,
        settings.as_of_date,
        settings.latest_as_of_date,
        {{ local_date('repaired_versions.valid_from', 'settings.reporting_timezone') }} as started_on,
        {{ local_date('repaired_versions.repaired_valid_to', 'settings.reporting_timezone') }} as ended_on,
        {{ monthly_amount('repaired_versions.quantity', 'repaired_versions.unit_price', 'repaired_versions.discount_rate', 'repaired_versions.billing_interval', 'repaired_versions.billing_interval_count') }}
            as full_mrr_local,
        {{ local_date('repaired_versions.recorded_at', 'settings.reporting_timezone') }} as recorded_on
    from repaired_versions
    cross join settings
),

final as (
    select
        dated_versions.subscription_item_id,
        dated_versions.subscription_id,
        dated_versions.account_id,
        dated_versions.plan_id,
        dated_versions.quantity,
        dated_versions.unit_price,
        dated_versions.discount_rate,
        dated_versions.currency,
        dated_versions.billing_interval,
        dated_versions.billing_interval_count,
        dated_versions.status,
        dated_versions.valid_from,
        dated_versions.repaired_valid_to as valid_to,
        dated_versions.started_on,
        dated_versions.ended_on,
        cast(dated_versions.full_mrr_local as decimal(18, 4)) as full_mrr_local,
        dated_versions.is_overlap_repaired,
        dated_versions.recorded_on,
        dated_versions._file_name,
        dated_versions._row_number,
        case
            when dated_versions.full_mrr_local is null then 'out_of_range'
            when
                dated_versions.currency != dated_versions.reporting_currency
                -- A rate is needed from the close of the month in which the version first counts.
                and dated_versions.started_on <= dated_versions.latest_as_of_date
                and coalesce(dated_versions.ended_on > dated_versions.started_on, true)
                and coalesce(
                    first_rates.first_rate_date > least({{ month_end('dated_versions.started_on') }}, dated_versions.as_of_date), true
                )
                then 'no_exchange_rate'
        end as reason
    from dated_versions
    left join first_rates on dated_versions.currency = first_rates.currency
)

select * from final
