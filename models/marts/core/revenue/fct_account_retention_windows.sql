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
    select 6 as window_months
    union all
    select 12 as window_months
),

-- What an account paid at the base month-end, at the exchange rate of the later month.
then_paying as (
    select
        currency_months.account_id,
        windows.window_months,
        currency_months.month_start as base_month_start,
        month_rates.month_start,
        sum({{ converted('currency_months.closing_local', 'month_rates.rate_to_reporting') }}) as base_mrr
    from currency_months
    cross join windows
    inner join month_rates
        on
            currency_months.currency = month_rates.currency
            and {{ add_months('currency_months.month_start', 'windows.window_months') }} = month_rates.month_start
    where currency_months.closing_mrr > 0
    group by
        currency_months.account_id, windows.window_months, currency_months.month_start, month_rates.month_start
),

-- Customers now who were customers by then, at the base month-end or before it.
now_paying as (
    select
        account_months.*,
        windows.window_months,
        {{ add_months('account_months.month_start', '-windows.window_months') }} as base_month_start
    from account_months
    cross join windows
    where account_months.cohort_month <= {{ add_months('account_months.month_start', '-windows.window_months') }}
),

joined as (
    select
        coalesce(then_paying.account_id, now_paying.account_id) as account_id,
        coalesce(then_paying.month_start, now_paying.month_start) as month_start,
        coalesce(then_paying.base_month_start, now_paying.base_month_start) as base_month_start,
        coalesce(then_paying.window_months, now_paying.window_months) as window_months,
        coalesce(then_paying.base_mrr, 0) as base_mrr,
        {%- for column in segment_dimensions('month').values() %}
        now_paying.{{ column }},
        {%- endfor %}
        coalesce(now_paying.closing_mrr, 0) as closing_mrr
    from then_paying
    full outer join now_paying
        on
            then_paying.account_id = now_paying.account_id
            and then_paying.month_start = now_paying.month_start
            and then_paying.window_months = now_paying.window_months
),

-- A window takes its segment at the base month; an account that was away then takes today's.
final as (
    select
        joined.account_id,
        {%- for column in segment_dimensions('account').values() %}
        segments.{{ column }},
        {%- endfor %}
        {%- for column in segment_dimensions('month').values() %}
        coalesce(base_months.{{ column }}, joined.{{ column }}) as {{ column }},
        {%- endfor %}
        cast(joined.base_mrr as decimal(18, 4)) as base_mrr,
        cast(joined.closing_mrr as decimal(18, 4)) as closing_mrr,
        cast(joined.window_months as bigint) as window_months,
        base_months.account_id is not null as is_base_customer,
        joined.closing_mrr > 0 as is_closing_customer,
        joined.base_month_start,
        joined.month_start
    from joined
    inner join segments on joined.account_id = segments.account_id
    left join account_months as base_months
        on
            joined.account_id = base_months.account_id
            and joined.base_month_start = base_months.month_start
)

select * from final
