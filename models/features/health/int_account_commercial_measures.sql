-- Recent change in the account's MRR.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

account_months as (
    select * from {{ ref('fct_account_months') }}
),

months as (
    select * from {{ ref('int_months') }}
),

month_rates as (
    select * from {{ ref('int_month_rates') }}
),

currency_months as (
    select * from {{ ref('int_account_currency_months') }}
),

-- The MRR at the third close before, at the exchange rates of this one, which are not a change of the customer's.
bases as (
    select
        currency_months.account_id,
        month_rates.month_start,
        sum({{ converted('currency_months.closing_local', 'month_rates.rate_to_reporting') }}) as base_mrr
    from currency_months
    inner join month_rates
        on
            {{ add_months('currency_months.month_start', 3) }} = month_rates.month_start
            and currency_months.currency = month_rates.currency
    group by currency_months.account_id, month_rates.month_start
),

-- Months in a row; without a break in MRR, otherwise there is no trend.
trends as (
    select
        account_id,
        month_start,
        closing_mrr,
        coalesce(lag(month_start, 2) over (partition by account_id order by month_start) = {{ add_months('month_start', -2) }}, false)
            as is_unbroken
    from account_months
),

contractions as (
    select
        movements.account_id,
        months.month_start,
        sum(-movements.mrr_change) as contraction_mrr
    from {{ ref('fct_mrr_movements') }} as movements
    inner join months
        on
            movements.movement_date > {{ add_days('months.closes_on', -90) }}
            and movements.movement_date <= months.closes_on
    where movements.movement_type = 'contraction'
    group by movements.account_id, months.month_start
),

seat_changes as (
    select
        drivers.account_id,
        months.month_start,
        sum(drivers.mrr_change) as seat_change_mrr,
        sum(case when drivers.mrr_change < 0 then -drivers.mrr_change else 0 end) as seat_contraction_mrr
    from {{ ref('fct_mrr_movement_drivers') }} as drivers
    inner join months
        on
            drivers.movement_date > {{ add_days('months.closes_on', -90) }}
            and drivers.movement_date <= months.closes_on
    where drivers.driver in ('seat_expansion', 'seat_contraction')
    group by drivers.account_id, months.month_start
),

final as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        case when trends.is_unbroken then {{ rate('trends.closing_mrr - bases.base_mrr', 'bases.base_mrr') }} end
            as mrr_change_3m_rate,
        coalesce(cast(contractions.contraction_mrr as double), 0)
        / cast(account_dates.mrr + coalesce(contractions.contraction_mrr, 0) as double)
            as contraction_90d_rate,
        coalesce(cast(seat_changes.seat_change_mrr as double), 0)
        / cast(account_dates.mrr + coalesce(seat_changes.seat_contraction_mrr, 0) as double)
            as seat_change_90d_rate
    from account_dates
    left join trends
        on
            account_dates.account_id = trends.account_id
            and account_dates.month_start = trends.month_start
    left join bases
        on
            account_dates.account_id = bases.account_id
            and account_dates.month_start = bases.month_start
    left join contractions
        on
            account_dates.account_id = contractions.account_id
            and account_dates.month_start = contractions.month_start
    left join seat_changes
        on
            account_dates.account_id = seat_changes.account_id
            and account_dates.month_start = seat_changes.month_start
)

select * from final
