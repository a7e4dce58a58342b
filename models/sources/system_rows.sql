{{ config(materialized='view') }}

-- Rows of contract tables that source systems give, beside those of files.
{% for table_name in ['accounts', 'cancellations', 'plans', 'subscription_items'] -%}
select
    '{{ table_name }}' as table_name,
    cast(count(*) as bigint) as rows_read
from {{ ref('stripe_' ~ table_name) }}
{{ 'union all' if not loop.last }}
{% endfor %}
