with account_months as (
    select * from {{ ref('account_month_restatements') }}
),

-- An account that moved to another segment is behind the figures of both.
account_segments as (
    select
        account_id,
        'all' as segment_dimension,
        'all' as segment_value,
        published_at,
        month_start
    from account_months
    {%- for dimension, column in account_month_segments().items() %}
    {%- for prefix in ['', 'previous_'] %}
    union all
    select
        account_id,
        '{{ dimension }}' as segment_dimension,
        {{ prefix }}{{ column }} as segment_value,
        published_at,
        month_start
    from account_months
    {%- endfor %}
    {%- endfor %}
),

final as (
    select
        account_id,
        segment_dimension,
        segment_value,
        max(published_at) as last_changed_at,
        month_start
    from account_segments
    where segment_value is not null
    group by account_id, segment_dimension, segment_value, month_start
)

select * from final
