-- MRR of each account, plan and currency at the opening and the close of each month.
with settings as (
    select * from {{ ref('int_settings') }}
),

item_changes as (
    select * from {{ ref('int_item_changes') }}
),

deltas as (
    select
        account_id,
        plan_id_after as plan_id,
        product_id_after as product_id,
        is_addon_after as is_addon,
        currency_after as currency,
        {{ month_start('change_date') }} as month_start,
        mrr_local_after as delta
    from item_changes
    where mrr_local_after is not null
    union all
    select
        account_id,
        plan_id_before as plan_id,
        product_id_before as product_id,
        is_addon_before as is_addon,
        currency_before as currency,
        {{ month_start('change_date') }} as month_start,
        -mrr_local_before as delta
    from item_changes
    where mrr_local_before is not null
),

month_deltas as (
    select
        account_id,
        plan_id,
        product_id,
        is_addon,
        currency,
        month_start,
        sum(delta) as delta
    from deltas
    group by account_id, plan_id, product_id, is_addon, currency, month_start
),

balances as (
    select
        *,
        sum(delta) over (
            partition by account_id, plan_id, currency order by month_start
            rows between unbounded preceding and current row
        ) as closing_local,
        lead(month_start) over (partition by account_id, plan_id, currency order by month_start) as next_month_start
    from month_deltas
),

-- A balance that becomes zero has a last row in that month.
balance_periods as (
    select
        balances.*,
        case
            when balances.closing_local = 0 then balances.month_start
            when balances.next_month_start is not null then {{ add_months('balances.next_month_start', -1) }}
            else {{ month_start('settings.as_of_date') }}
        end as last_month_start
    from balances
    cross join settings
),

balance_months as (
    select
        account_id,
        plan_id,
        product_id,
        is_addon,
        currency,
        month_start as first_month_start,
        {{ each_month('month_start', 'last_month_start') }} as month_start,
        delta,
        closing_local
    from balance_periods
),

final as (
    select
        account_id,
        plan_id,
        product_id,
        is_addon,
        currency,
        month_start,
        cast(
            case when month_start = first_month_start then closing_local - delta else closing_local end
            as decimal(18, 4)
        ) as opening_local,
        cast(closing_local as decimal(18, 4)) as closing_local
    from balance_months
)

select * from final
