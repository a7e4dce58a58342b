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

-- Change over the last three closes; without a break in MRR; otherwise there is no trend.
trends as (
    select
        account_id,
        month_start,
        case
            when
                lag(month_start, 2) over (partition by account_id order by month_start)
                = {{ add_months('month_start', -2) }}
                then lag(opening_mrr, 2) over (partition by account_id order by month_start)
        end as base_mrr,
        closing_mrr - sum(fx_impact_mrr) over (
            partition by account_id order by month_start rows between 2 preceding and current row
        ) as closing_mrr_without_fx
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
        cast(trends.closing_mrr_without_fx - trends.base_mrr as double)
        / nullif(cast(trends.base_mrr as double), 0) as mrr_change_3m_rate,
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
