with reported_values as (
    select * from {{ ref('int_kpi_reported_values') }}
),

kpis as (
    select * from {{ ref('dim_kpis') }}
),

account_changes as (
    select * from {{ ref('int_restated_account_segments') }}
),

-- A figure over 6 or 12 months, or to date, counts also accounts that changed in the months that it goes back to.
restated_values as (
    select
        reported_values.*,
        case
            when kpis.value_column like '%realised%' then 1200
            when kpis.value_column like '%12m%' then 12
            when kpis.value_column like '%6m%' then 6
            else 0
        end as months_back,
        kpis.mart in ('{{ account_month_marts() | join("', '") }}') as has_accounts
    from reported_values
    inner join kpis on reported_values.kpi_id = kpis.kpi_id
    where {{ differs('reported_values.first_reported_value', 'reported_values.latest_value') }}
),

-- Most figures of a month and segment have the same accounts behind them, which are counted once.
restated_segments as (
    select distinct
        segment_dimension,
        segment_value,
        months_back,
        first_reported_at,
        month_start,
        {{ add_months('month_start', '-months_back') }} as from_month
    from restated_values
    where has_accounts
),

changed_accounts as (
    select
        restated_segments.segment_dimension,
        restated_segments.segment_value,
        restated_segments.months_back,
        restated_segments.first_reported_at,
        restated_segments.month_start,
        count(distinct account_changes.account_id) as accounts_changed
    from restated_segments
    inner join account_changes
        on
            restated_segments.segment_dimension = account_changes.segment_dimension
            and restated_segments.segment_value = account_changes.segment_value
            and restated_segments.from_month <= account_changes.month_start
            and restated_segments.month_start >= account_changes.month_start
            and restated_segments.first_reported_at < account_changes.last_changed_at
    group by
        restated_segments.segment_dimension,
        restated_segments.segment_value,
        restated_segments.months_back,
        restated_segments.first_reported_at,
        restated_segments.month_start
),

final as (
    select
        restated_values.kpi_id,
        restated_values.segment_dimension,
        restated_values.segment_value,
        restated_values.run_id,
        restated_values.first_reported_value,
        restated_values.latest_value,
        cast(restated_values.latest_value - restated_values.first_reported_value as double) as difference,
        case when restated_values.has_accounts then cast(coalesce(changed_accounts.accounts_changed, 0) as bigint) end
            as accounts_changed,
        restated_values.first_reported_at,
        restated_values.restated_at,
        restated_values.first_reported_as_of_date,
        restated_values.restated_as_of_date,
        restated_values.closes_on,
        restated_values.month_start
    from restated_values
    left join changed_accounts
        on
            restated_values.segment_dimension = changed_accounts.segment_dimension
            and restated_values.segment_value = changed_accounts.segment_value
            and restated_values.months_back = changed_accounts.months_back
            and restated_values.first_reported_at = changed_accounts.first_reported_at
            and restated_values.month_start = changed_accounts.month_start
)

select * from final
