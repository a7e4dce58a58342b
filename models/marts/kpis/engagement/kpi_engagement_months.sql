with touch_months as (
    select * from {{ ref('fct_account_touch_months') }}
),

first_recorded as (
    select min(month_start) as month_start from touch_months
),

-- An account is in one segment of each dimension in a month: counted here once, it is counted once everywhere.
account_touches as (
    select
        account_id,
        {%- for column in segment_dimensions().values() %}
        {{ column }},
        {%- endfor %}
        activity_type,
        touch_kind,
        touches,
        proactive_touches,
        is_customer,
        month_start
    from touch_months
    union all
    select
        account_id,
        {%- for column in segment_dimensions().values() %}
        {{ column }},
        {%- endfor %}
        'all' as activity_type,
        'all' as touch_kind,
        sum(touches) as touches,
        sum(proactive_touches) as proactive_touches,
        is_customer,
        month_start
    from touch_months
    group by account_id, {{ segment_dimensions().values() | join(', ') }}, is_customer, month_start
),

touched as (
    select
        month_start,
        activity_type,
        touch_kind,
        {{ segment_columns() }},
        sum(touches) as touches,
        sum(proactive_touches) as proactive_touches,
        count(*) as accounts_touched,
        {{ count_where('is_customer') }} as customers_touched,
        {{ count_where('is_customer and proactive_touches > 0') }} as customers_touched_proactively
    from account_touches
    {{ group_by_segments(['month_start', 'activity_type', 'touch_kind']) }}
),

customers as (
    {{ customer_counts() }}
),

-- Where nobody is touched, coverage is 0 and not unknown.
nobody_touched as (
    select
        customers.month_start,
        'all' as activity_type,
        'all' as touch_kind,
        customers.segment_dimension,
        customers.segment_value,
        0 as touches,
        0 as proactive_touches,
        0 as accounts_touched,
        0 as customers_touched,
        0 as customers_touched_proactively
    from customers
    inner join first_recorded on customers.month_start >= first_recorded.month_start
    left join touched
        on
            customers.month_start = touched.month_start
            and customers.segment_dimension = touched.segment_dimension
            and customers.segment_value = touched.segment_value
            and touched.activity_type = 'all'
    where touched.month_start is null and customers.customers > 0
),

shown as (
    select * from touched
    union all
    select * from nobody_touched
),

final as (
    select
        shown.month_start,
        cast(shown.activity_type as string) as activity_type,
        cast(shown.touch_kind as string) as touch_kind,
        shown.segment_dimension,
        shown.segment_value,
        cast(shown.touches as bigint) as touches,
        cast(shown.proactive_touches as bigint) as proactive_touches,
        cast(shown.accounts_touched as bigint) as accounts_touched,
        cast(shown.customers_touched as bigint) as customers_touched,
        cast(customers.customers as bigint) as customers,
        {{ rate('shown.customers_touched', 'customers.customers') }} as coverage_rate,
        {{ rate('shown.customers_touched_proactively', 'customers.customers') }} as proactive_coverage_rate,
        {{ rate('shown.proactive_touches', 'shown.touches') }} as proactive_touch_share
    from shown
    left join customers
        on
            shown.month_start = customers.month_start
            and shown.segment_dimension = customers.segment_dimension
            and shown.segment_value = customers.segment_value
)

select * from final
