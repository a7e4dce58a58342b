with settings as (
    select * from {{ source('load', 'settings') }}
),

final as (
    {%- for table_name in contract_tables() %}
    {{ corrected_values_of(table_name, landed_rows(table_name), ref('base_' ~ table_name)) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
