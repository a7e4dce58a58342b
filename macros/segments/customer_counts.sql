{#- Customers at the close of each month and segment: the denominator of rates per customer. -#}
{% macro customer_counts() -%}
    select
        month_start,
        {{ segment_columns() }},
        {{ count_where('is_closing_customer') }} as customers
    from {{ ref('fct_account_months') }}
    {{ group_by_segments(['month_start']) }}
{%- endmacro %}
