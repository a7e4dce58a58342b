with settings as (
    select * from {{ ref('int_settings') }}
),

-- A version that ends before it begins is left out: it must not end another one.
versions as (
    select *
    from {{ ref('stg_subscription_items') }}
    where valid_to is null or valid_to > valid_from
),

first_rates as (
    select * from {{ ref('int_first_fx_rates') }}
),

followed as (
    select
        *,
        lead(valid_from) over (partition by subscription_item_id order by valid_from) as next_valid_from
    from versions
),

-- A later version ends the earlier one for good, even where the later one ends first.
repaired as (
    select
        followed.*,
        coalesce(followed.next_valid_from < followed.valid_to, followed.next_valid_from is not null)
            as is_overlap_repaired,
        least(followed.valid_to, followed.next_valid_from) as repaired_valid_to
    from followed
),

dated as (
    select
        repaired.*,
        settings.reporting_currency,
        settings.as_of_date,
        settings.latest_as_of_date,
        {{ local_date('repaired.valid_from', 'settings.reporting_timezone') }} as started_on,
        {{ local_date('repaired.repaired_valid_to', 'settings.reporting_timezone') }} as ended_on,
        {{ monthly_amount('repaired.quantity', 'repaired.unit_price', 'repaired.discount_rate', 'repaired.billing_interval', 'repaired.billing_interval_count') }}
            as full_mrr_local
    from repaired
    cross join settings
),

final as (
    select
        dated.subscription_item_id,
        dated.subscription_id,
        dated.account_id,
        dated.plan_id,
        dated.quantity,
        dated.unit_price,
        dated.discount_rate,
        dated.currency,
        dated.billing_interval,
        dated.billing_interval_count,
        dated.status,
        dated.valid_from,
        dated.repaired_valid_to as valid_to,
        dated.started_on,
        dated.ended_on,
        cast(dated.full_mrr_local as decimal(18, 4)) as full_mrr_local,
        dated.is_overlap_repaired,
        dated._file_name,
        dated._row_number,
        case
            when dated.full_mrr_local is null then 'out_of_range'
            when
                dated.currency != dated.reporting_currency
                -- Needed from the close of the month in which the version first counts.
                and dated.started_on <= dated.latest_as_of_date
                and coalesce(dated.ended_on > dated.started_on, true)
                and coalesce(
                    first_rates.first_rate_date > least({{ month_end('dated.started_on') }}, dated.as_of_date), true
                )
                then 'no_exchange_rate'
        end as reason
    from dated
    left join first_rates on dated.currency = first_rates.currency
)

select * from final
