with charges as (
    select * from {{ ref('fct_other_charges') }}
),

months as (
    select * from {{ ref('dim_months') }}
),

summed as (
    select
        month_start,
        charge_kind,
        sum(amount) as amount,
        cast(count(distinct account_id) as bigint) as accounts
    from charges
    group by month_start, charge_kind
),

first_months as (
    select
        charge_kind,
        min(month_start) as month_start
    from charges
    group by charge_kind
),

-- A month without a charge after the first of its kind is 0.
charge_months as (
    select
        month_start,
        charge_kind
    from summed
    union
    select
        months.month_start,
        first_months.charge_kind
    from months
    inner join first_months on months.month_start >= first_months.month_start
),

final as (
    select
        charge_months.month_start,
        charge_months.charge_kind,
        cast(coalesce(summed.amount, 0) as decimal(18, 4)) as amount,
        coalesce(summed.accounts, 0) as accounts
    from charge_months
    left join summed
        on charge_months.month_start = summed.month_start and charge_months.charge_kind = summed.charge_kind
)

select * from final
