-- Within a month an account's movements form a chain: the first begins at opening MRR at the month's exchange
-- rate, each next one where the one before ended, and the last ends at closing MRR. Between months
-- fx_impact_mrr is the only step.
with movements as (
    select
        account_id,
        month_start,
        movement_date,
        mrr_before,
        mrr_after,
        lag(mrr_after) over (partition by account_id, month_start order by movement_date)
            as previous_mrr_after,
        row_number() over (partition by account_id, month_start order by movement_date desc)
            as place_from_end
    from {{ ref('fct_mrr_movements') }}
),

account_months as (
    select
        account_id,
        month_start,
        opening_mrr + fx_impact_mrr as opening_mrr_at_close_rate,
        closing_mrr
    from {{ ref('fct_account_months') }}
),

-- An account that joins and leaves inside one month has no account month: from 0 to 0.
links as (
    select
        coalesce(movements.account_id, account_months.account_id) as account_id,
        coalesce(movements.month_start, account_months.month_start) as month_start,
        movements.movement_date,
        movements.mrr_before,
        coalesce(movements.previous_mrr_after, account_months.opening_mrr_at_close_rate, 0)
            as expected_mrr_before,
        movements.mrr_after,
        case
            when movements.account_id is null then account_months.opening_mrr_at_close_rate
            when movements.place_from_end = 1 then movements.mrr_after
        end as last_mrr,
        coalesce(account_months.closing_mrr, 0) as closing_mrr
    from movements
    full outer join account_months
        on
            movements.account_id = account_months.account_id
            and movements.month_start = account_months.month_start
)

select * from links
where mrr_before != expected_mrr_before or last_mrr != closing_mrr
