{%- set assigned = var('segments') | selectattr('is_assigned', 'defined') | map(attribute='column') | list -%}
with account_months as (
    select * from {{ ref('int_account_months') }}
    where closing_mrr > 0
),

segments as (
    select * from {{ ref('int_customer_segments') }}
),

currency_months as (
    select * from {{ ref('int_account_currency_months') }}
),

month_rates as (
    select * from {{ ref('int_month_rates') }}
),

windows as (
    select 3 as window_months
    union all
    select 6 as window_months
    union all
    select 12 as window_months
),

later_rates as (
    select
        windows.window_months,
        {{ add_months('month_rates.month_start', '-windows.window_months') }} as base_month_start,
        month_rates.month_start,
        month_rates.currency,
        month_rates.rate_to_reporting
    from month_rates
    cross join windows
),

-- MRR at the base month-end, at the exchange rate of the later month.
base_customers as (
    select
        currency_months.account_id,
        later_rates.window_months,
        later_rates.base_month_start,
        later_rates.month_start,
        sum({{ converted('currency_months.closing_local', 'later_rates.rate_to_reporting') }}) as base_mrr
    from currency_months
    inner join later_rates
        on
            currency_months.currency = later_rates.currency
            and currency_months.month_start = later_rates.base_month_start
    where currency_months.closing_mrr > 0
    group by
        currency_months.account_id, later_rates.window_months, later_rates.base_month_start, later_rates.month_start
),

-- Customers of the later month that had MRR at the base month-end or earlier.
closing_customers as (
    select
        account_months.*,
        windows.window_months,
        {{ add_months('account_months.month_start', '-windows.window_months') }} as base_month_start
    from account_months
    cross join windows
    where account_months.cohort_month <= {{ add_months('account_months.month_start', '-windows.window_months') }}
),

account_windows as (
    select
        coalesce(base_customers.account_id, closing_customers.account_id) as account_id,
        coalesce(base_customers.month_start, closing_customers.month_start) as month_start,
        coalesce(base_customers.base_month_start, closing_customers.base_month_start) as base_month_start,
        coalesce(base_customers.window_months, closing_customers.window_months) as window_months,
        coalesce(base_customers.base_mrr, 0) as base_mrr,
        {%- for column in segment_dimensions('month').values() | list + assigned %}
        closing_customers.{{ column }},
        {%- endfor %}
        coalesce(closing_customers.closing_mrr, 0) as closing_mrr
    from base_customers
    full outer join closing_customers
        on
            base_customers.account_id = closing_customers.account_id
            and base_customers.month_start = closing_customers.month_start
            and base_customers.window_months = closing_customers.window_months
),

-- A window has the segment of the base month; an account without MRR then has that of the later month.
final as (
    select
        account_windows.account_id,
        {%- for column in segment_dimensions('account').values() %}
        {%- if column in assigned %}
        coalesce(
            case when base_months.account_id is null then account_windows.{{ column }} else base_months.{{ column }} end,
            segments.{{ column }}
        ) as {{ column }},
        {%- else %}
        segments.{{ column }},
        {%- endif %}
        {%- endfor %}
        {%- for column in segment_dimensions('month').values() %}
        coalesce(base_months.{{ column }}, account_windows.{{ column }}) as {{ column }},
        {%- endfor %}
        cast(account_windows.base_mrr as decimal(18, 4)) as base_mrr,
        cast(account_windows.closing_mrr as decimal(18, 4)) as closing_mrr,
        cast(account_windows.window_months as bigint) as window_months,
        base_months.account_id is not null as is_base_customer,
        account_windows.closing_mrr > 0 as is_closing_customer,
        account_windows.base_month_start,
        account_windows.month_start
    from account_windows
    inner join segments on account_windows.account_id = segments.account_id
    left join account_months as base_months
        on
            account_windows.account_id = base_months.account_id
            and account_windows.base_month_start = base_months.month_start
)

select * from final
