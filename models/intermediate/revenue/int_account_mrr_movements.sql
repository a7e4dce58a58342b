-- Each account's MRR before and after every day on which it changes, at the exchange rate of the month.
with item_changes as (
    select * from {{ ref('int_item_changes') }}
),

month_rates as (
    select * from {{ ref('int_month_rates') }}
),

deltas as (
    select
        account_id,
        change_date,
        currency_after as currency,
        mrr_local_after as delta
    from item_changes
    where mrr_local_after is not null
    union all
    select
        account_id,
        change_date,
        currency_before as currency,
        -mrr_local_before as delta
    from item_changes
    where mrr_local_before is not null
),

currency_days as (
    select
        account_id,
        currency,
        change_date,
        sum(delta) as delta
    from deltas
    group by account_id, currency, change_date
),

currencies as (
    select distinct
        account_id,
        currency
    from currency_days
),

days as (
    select
        account_id,
        change_date,
        max(case when resumes_from_pause then 1 else 0 end) = 1 as resumes_from_pause,
        max(case when is_paused then 1 else 0 end) = 1 as is_paused,
        max(case when becomes_free then 1 else 0 end) = 1 as becomes_free,
        max(case when was_free then 1 else 0 end) = 1 as was_free,
        max(case when is_ended_unpaid then 1 else 0 end) = 1 as is_ended_unpaid
    from item_changes
    group by account_id, change_date
),

-- The type of a change in one currency depends on what the account pays in the others.
balances as (
    select
        days.account_id,
        days.change_date,
        currencies.currency,
        coalesce(currency_days.delta, 0) as delta,
        sum(coalesce(currency_days.delta, 0)) over (
            partition by days.account_id, currencies.currency order by days.change_date
            rows between unbounded preceding and current row
        ) as balance
    from days
    inner join currencies on days.account_id = currencies.account_id
    left join currency_days
        on
            days.account_id = currency_days.account_id
            and days.change_date = currency_days.change_date
            and currencies.currency = currency_days.currency
),

valued_days as (
    select
        balances.account_id,
        balances.change_date,
        sum({{ converted('balances.balance - balances.delta', 'month_rates.rate_to_reporting') }}) as mrr_before,
        sum({{ converted('balances.balance', 'month_rates.rate_to_reporting') }}) as mrr_after
    from balances
    inner join month_rates
        on
            balances.currency = month_rates.currency
            and {{ month_start('balances.change_date') }} = month_rates.month_start
    where balances.balance != 0 or balances.delta != 0
    group by balances.account_id, balances.change_date
),

-- A day on which the MRR of the whole account stays the same has no movement.
changed_days as (
    select
        account_id,
        change_date,
        cast(mrr_before as decimal(18, 4)) as mrr_before,
        cast(mrr_after as decimal(18, 4)) as mrr_after,
        min(case when mrr_after > 0 then change_date end) over (partition by account_id) as first_mrr_date,
        lag(change_date) over (partition by account_id order by change_date) as previous_change_date
    from valued_days
    where mrr_before != mrr_after
),

final as (
    select
        changed_days.account_id || '|' || cast(changed_days.change_date as string) as movement_id,
        changed_days.account_id,
        changed_days.change_date as movement_date,
        {{ month_start('changed_days.change_date') }} as month_start,
        case
            when changed_days.mrr_before = 0 and changed_days.change_date = changed_days.first_mrr_date then 'new'
            when changed_days.mrr_before = 0 then 'reactivation'
            when changed_days.mrr_after = 0 then 'churn'
            when changed_days.mrr_after > changed_days.mrr_before then 'expansion'
            else 'contraction'
        end as movement_type,
        changed_days.mrr_before,
        changed_days.mrr_after,
        cast(changed_days.mrr_after - changed_days.mrr_before as decimal(18, 4)) as mrr_change,
        case
            when changed_days.mrr_before = 0 and changed_days.change_date != changed_days.first_mrr_date
                then cast({{ dbt.datediff('changed_days.previous_change_date', 'changed_days.change_date', 'day') }} as bigint)
        end as days_lapsed,
        case when changed_days.mrr_after > changed_days.mrr_before then days.resumes_from_pause else days.is_paused end as is_pause,
        case
            when changed_days.mrr_after > changed_days.mrr_before
                then days.was_free and changed_days.change_date != changed_days.first_mrr_date
            else days.becomes_free
        end as is_free_period,
        changed_days.mrr_after < changed_days.mrr_before and days.is_ended_unpaid as is_involuntary,
        changed_days.first_mrr_date
    from changed_days
    inner join days
        on changed_days.account_id = days.account_id and changed_days.change_date = days.change_date
)

select * from final
