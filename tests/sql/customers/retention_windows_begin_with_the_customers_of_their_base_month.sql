-- A window's base customers are exactly the customers at its base month-end.
with windows as (
    select
        window_months,
        month_start,
        base_month_start,
        {{ count_where('is_base_customer') }} as base_customers,
        {{ count_where('is_base_customer and base_mrr = 0') }} as base_customers_without_mrr
    from {{ ref('fct_account_retention_windows') }}
    group by window_months, month_start, base_month_start
),

account_months as (
    select
        month_start,
        {{ count_where('is_closing_customer') }} as closing_customers
    from {{ ref('fct_account_months') }}
    group by month_start
)

select
    windows.window_months,
    windows.month_start,
    windows.base_month_start,
    windows.base_customers,
    windows.base_customers_without_mrr,
    account_months.closing_customers as customers_of_base_month
from windows
left join account_months on windows.base_month_start = account_months.month_start
where
    windows.base_customers != coalesce(account_months.closing_customers, 0)
    or windows.base_customers_without_mrr > 0
    or {{ months_between('windows.base_month_start', 'windows.month_start') }} != windows.window_months
