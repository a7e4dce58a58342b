-- MRR of the last day computed again, from the subscription versions alone: of each item the version that began last is
-- in force, and its MRR is a plain product. In doubles, so equal except for the marts' rounding.
with settings as (
    select
        as_of_date,
        reporting_currency,
        reporting_timezone,
        {{ to_utc('cast(' ~ add_days('as_of_date', 1) ~ ' as timestamp)', 'reporting_timezone') }}
            as day_ends_at
    from {{ ref('int_settings') }}
),

refused as (
    select * from {{ ref('quarantined_rows') }}
    where table_name = 'subscription_items'
),

begun as (
    select
        items.*,
        settings.as_of_date,
        settings.day_ends_at,
        settings.reporting_currency,
        refused.row_number is not null as is_refused,
        {{ local_date('items.valid_from', 'settings.reporting_timezone') }} as started_on,
        {{ local_date('items.valid_to', 'settings.reporting_timezone') }} as ended_on
    from {{ ref('stg_subscription_items') }} as items
    cross join settings
    left join refused on items._file_name = refused.file_name and items._row_number = refused.row_number
    where
        items.charge_kind = 'recurring'
        and items.valid_from < settings.day_ends_at
        and (items.valid_to is null or items.valid_to > items.valid_from)
),

-- An unpaid run continues where the version before was unpaid too and lasted until this version's first day.
neighboured as (
    select
        *,
        row_number() over (partition by subscription_item_id order by valid_from desc) as place_from_end,
        lag(status) over (partition by subscription_item_id, is_refused order by valid_from)
            as previous_status,
        lag(ended_on) over (partition by subscription_item_id, is_refused order by valid_from)
            as previous_ended_on
    from begun
),

run_on as (
    select
        *,
        max(case
            when previous_status = 'past_due' and coalesce(previous_ended_on >= started_on, true)
                then cast(null as date)
            else started_on
        end) over (
            partition by subscription_item_id, is_refused order by valid_from
            rows between unbounded preceding and current row
        ) as unpaid_since
    from neighboured
),

live as (
    select
        *,
        cast(quantity as double) * cast(unit_price as double) * (1 - cast(discount_rate as double))
        / billing_interval_count as price
    from run_on
    where
        place_from_end = 1
        and not is_refused
        and (valid_to is null or valid_to >= day_ends_at)
        and (
            status = 'active'
            or (
                status = 'past_due'
                and as_of_date < {{ add_days('unpaid_since', var('past_due_grace_days')) }}
            )
            {{ "or status = 'paused'" if var('paused_mrr_policy') == 'include' }}
        )
),

newest_rates as (
    select
        fx_rates.currency,
        cast(fx_rates.rate_to_reporting as double) as rate,
        row_number() over (partition by fx_rates.currency order by fx_rates.rate_date desc) as place
    from {{ ref('stg_fx_rates') }} as fx_rates
    cross join settings
    where fx_rates.rate_date <= settings.as_of_date
),

valued as (
    select
        resolved.customer_account_id as account_id,
        case
            when live.currency = live.reporting_currency then cast(1 as double) else newest_rates.rate
        end as rate,
        case live.billing_interval
            when 'day' then live.price * 365 / 12
            when 'week' then live.price * 52 / 12
            when 'month' then live.price
            when 'quarter' then live.price / 3
            when 'year' then live.price / 12
        end as mrr_local
    from live
    inner join {{ ref('int_accounts_resolved') }} as resolved on live.account_id = resolved.account_id
    left join newest_rates on live.currency = newest_rates.currency and newest_rates.place = 1
),

recomputed as (
    select
        account_id,
        sum(mrr_local * rate) as mrr_by_staging,
        sum(0.0001 * (1 + rate)) as rounding
    from valued
    group by account_id
),

accounts as (
    select
        account_id,
        cast(current_mrr as double) as mrr_by_marts
    from {{ ref('dim_accounts') }}
),

compared as (
    select
        coalesce(accounts.account_id, recomputed.account_id) as account_id,
        coalesce(accounts.mrr_by_marts, 0) as mrr_by_marts,
        coalesce(recomputed.mrr_by_staging, 0) as mrr_by_staging,
        coalesce(recomputed.rounding, 0) as rounding
    from accounts
    full outer join recomputed on accounts.account_id = recomputed.account_id
),

total as (
    select
        sum(mrr_by_staging) as mrr_by_staging,
        sum(rounding) as rounding
    from recomputed
),

company as (
    select
        'the whole company' as account_id,
        cast(kpi_mrr_months.closing_mrr as double) as mrr_by_marts,
        coalesce(total.mrr_by_staging, 0) as mrr_by_staging,
        coalesce(total.rounding, 0) as rounding
    from {{ ref('kpi_mrr_months') }} as kpi_mrr_months
    inner join settings on kpi_mrr_months.month_start = {{ month_start('settings.as_of_date') }}
    cross join total
    where kpi_mrr_months.segment_dimension = 'all'
),

final as (
    select * from compared
    union all
    select * from company
)

select * from final
where abs(mrr_by_marts - mrr_by_staging) > rounding + mrr_by_marts / 1000000000000
