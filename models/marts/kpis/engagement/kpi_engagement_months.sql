with touch_months as (
    select * from {{ ref('fct_account_touch_months') }}
),

activity_types as (
    select * from {{ ref('activity_types') }}
),

first_recorded as (
    select min(month_start) as month_start from touch_months
),

-- An account is in one segment of each dimension in a month, so accounts counted here add up over segments.
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
        two_way_touches,
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
        sum(two_way_touches) as two_way_touches,
        is_customer,
        month_start
    from touch_months
    group by account_id, {{ segment_dimensions().values() | join(', ') }}, is_customer, month_start
),

segment_touches as (
    select
        month_start,
        activity_type,
        touch_kind,
        {{ segment_columns() }},
        sum(touches) as touches,
        sum(proactive_touches) as proactive_touches,
        count(*) as accounts_touched,
        {{ count_where('is_customer') }} as customers_touched,
        {{ count_where('is_customer and proactive_touches > 0') }} as customers_touched_proactively,
        {{ count_where('is_customer and two_way_touches > 0') }} as customers_touched_two_way
    from account_touches
    {{ group_by_segments(['month_start', 'activity_type', 'touch_kind']) }}
),

customers as (
    {{ customer_counts() }}
),

-- Without touches coverage is 0, not NULL, once touches are recorded at all.
segments_without_touches as (
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
        0 as customers_touched_proactively,
        0 as customers_touched_two_way
    from customers
    inner join first_recorded on customers.month_start >= first_recorded.month_start
    left join segment_touches
        on
            customers.month_start = segment_touches.month_start
            and customers.segment_dimension = segment_touches.segment_dimension
            and customers.segment_value = segment_touches.segment_value
            and segment_touches.activity_type = 'all'
    where segment_touches.month_start is null and customers.customers > 0
),

all_segments as (
    select * from segment_touches
    union all
    select * from segments_without_touches
),

final as (
    select
        all_segments.month_start,
        cast(all_segments.activity_type as string) as activity_type,
        cast(activity_types.label_en as string) as activity_type_label_en,
        cast(activity_types.label_ja as string) as activity_type_label_ja,
        cast(all_segments.touch_kind as string) as touch_kind,
        all_segments.segment_dimension,
        all_segments.segment_value,
        cast(all_segments.touches as bigint) as touches,
        cast(all_segments.proactive_touches as bigint) as proactive_touches,
        cast(all_segments.accounts_touched as bigint) as accounts_touched,
        cast(all_segments.customers_touched as bigint) as customers_touched,
        cast(all_segments.customers_touched_proactively as bigint) as customers_touched_proactively,
        cast(all_segments.customers_touched_two_way as bigint) as customers_touched_two_way,
        coalesce(customers.customers, 0) as customers,
        {{ rate('all_segments.customers_touched', 'customers.customers') }} as coverage_rate,
        {{ rate('all_segments.customers_touched_proactively', 'customers.customers') }} as proactive_coverage_rate,
        {{ rate('all_segments.customers_touched_two_way', 'customers.customers') }} as two_way_coverage_rate,
        {{ rate('all_segments.proactive_touches', 'all_segments.touches') }} as proactive_touch_share
    from all_segments
    left join activity_types on all_segments.activity_type = activity_types.activity_type
    left join customers
        on
            all_segments.month_start = customers.month_start
            and all_segments.segment_dimension = customers.segment_dimension
            and all_segments.segment_value = customers.segment_value
)

select * from final
