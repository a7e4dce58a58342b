with refused as (
    {%- for table_name in contract_tables() %}
    select
        '{{ table_name }}' as table_name,
        reason,
        reason_column,
        _file_name,
        _row_number
    from {{ ref('base_' ~ table_name) }}
    where row_status = 'quarantined'
    union all
    {%- endfor %}
    select
        'subscription_items' as table_name,
        reason,
        case when reason = 'no_exchange_rate' then 'currency' else 'unit_price' end as reason_column,
        _file_name,
        _row_number
    from {{ ref('int_subscription_versions') }}
    where reason is not null
),

as_landed as (
    {%- for table_name in contract_tables() %}
    {%- set raw_table = landed_rows(table_name) %}
    {%- if execute %}
    {%- set table = contract_table(table_name) %}
    select
        refused.*,
        {% for column in table.config.meta.key -%}
        coalesce(cast(raw_rows.{{ column }} as string), ''){{ " || '|' || " if not loop.last }}
        {%- endfor %} as row_key,
        {{ row_as_json(table.columns.keys(), 'raw_rows') }} as raw_row
    from refused
    inner join {{ raw_table }} as raw_rows
        on refused._file_name = raw_rows._file_name and refused._row_number = raw_rows._row_number
    where refused.table_name = '{{ table_name }}'
    {{ 'union all' if not loop.last }}
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        table_name,
        row_key,
        reason,
        reason_column,
        _file_name as file_name,
        raw_row,
        cast(_row_number as bigint) as row_number
    from as_landed
)

select * from final
