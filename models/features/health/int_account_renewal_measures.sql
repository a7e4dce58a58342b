-- Days that renewals within 90 days decide on: a year's term counts as a whole once it is due. The point inside a short
-- term says nothing about leaving within 90 days, so that one counts as 90 days wherever in it the date lies.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

contracts as (
    select * from {{ ref('int_account_contract_terms') }}
),

paid_items as (
    select * from {{ ref('int_account_paid_items') }}
),

-- A contract binds the whole account; without one each item has a term of its own.
terms as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        contracts.days_left,
        contracts.term_days,
        account_dates.mrr
    from account_dates
    inner join contracts
        on account_dates.account_id = contracts.account_id and account_dates.month_start = contracts.month_start
    union all
    select
        account_dates.account_id,
        account_dates.as_of_date,
        {{ dbt.datediff('account_dates.as_of_date', 'paid_items.term_ends_on', 'day') }} as days_left,
        {{ dbt.datediff('paid_items.term_begins_on', 'paid_items.term_ends_on', 'day') }} as term_days,
        paid_items.mrr
    from account_dates
    inner join paid_items
        on account_dates.account_id = paid_items.account_id and account_dates.month_start = paid_items.month_start
    left join contracts
        on account_dates.account_id = contracts.account_id and account_dates.month_start = contracts.month_start
    where contracts.account_id is null
),

renewing_terms as (
    select
        account_id,
        as_of_date,
        mrr,
        case when term_days <= 92 then 90 when days_left > 90 then 0 else term_days end as renewing_days
    from terms
),

final as (
    select
        account_id,
        as_of_date,
        {{ rate('sum(mrr * renewing_days)', 'sum(mrr)') }} as renewing_days_90d
    from renewing_terms
    group by account_id, as_of_date
)

select * from final
