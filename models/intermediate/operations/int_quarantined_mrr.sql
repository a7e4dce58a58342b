{{ config(materialized='view') }}

with items as (
    select
        *,
        -- Amounts of all currencies as they are: a row may be in quarantine for want of a rate.
        case
            when
                status in ('active', 'past_due')
                and quantity >= 0
                and unit_price >= 0
                and discount_rate between 0 and 1
                and billing_interval in ('day', 'week', 'month', 'quarter', 'year')
                and billing_interval_count >= 1
                then {{ monthly_amount('quantity', 'unit_price', 'discount_rate', 'billing_interval', 'billing_interval_count') }}
        end as mrr
    from {{ ref('base_subscription_items') }}
    where row_status in ('accepted', 'quarantined') and coalesce(charge_kind, 'recurring') = 'recurring'
),

refused_versions as (
    select
        _file_name,
        _row_number,
        reason
    from {{ ref('int_subscription_versions') }}
    where reason is not null
),

rates as (
    select count(*) > 0 as is_supplied
    from {{ ref('base_fx_rates') }}
    where row_status = 'accepted'
),

judged_items as (
    select
        items.mrr,
        items.row_status = 'quarantined' or refused_versions.reason is not null as is_quarantined,
        coalesce(refused_versions.reason = 'no_exchange_rate', false) and not rates.is_supplied as is_without_any_rate
    from items
    cross join rates
    left join refused_versions
        on items._file_name = refused_versions._file_name and items._row_number = refused_versions._row_number
),

final as (
    select
        cast(coalesce(sum(mrr), 0) as double) as mrr_read,
        cast(coalesce(sum(case when is_quarantined then mrr end), 0) as double) as mrr_quarantined,
        cast(coalesce(sum(case when is_without_any_rate then mrr end), 0) as double) as mrr_without_any_rate,
        {{ count_where('is_without_any_rate') }} as rows_without_any_rate
    from judged_items
)

select * from final
