-- An attribute without a value in the source is unknown.
with customers as (
    select * from {{ ref('int_customers') }}
),

final as (
    select
        account_id,
        {%- for column in segment_dimensions('account').values() %}
        coalesce({{ column }}, 'unknown') as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from customers
)

select * from final
