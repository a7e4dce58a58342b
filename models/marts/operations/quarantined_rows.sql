{%- set loaded_tables = source('load', 'loaded_tables') %}
with settings as (
    select * from {{ source('load', 'settings') }}
),

supplied_tables as (
    select table_name from {{ loaded_tables }} where files > 0
),

refused as (
    {%- for table_name in contract_tables() %}
    select
        '{{ table_name }}' as table_name,
        quarantine_reason,
        reason_column,
        _file_name,
        _row_number
    from {{ ref('base_' ~ table_name) }}
    where row_status = 'quarantined'
    union all
    {%- endfor %}
    select
        'subscription_items' as table_name,
        reason as quarantine_reason,
        case when reason = 'no_exchange_rate' then 'currency' else 'unit_price' end as reason_column,
        _file_name,
        _row_number
    from {{ ref('int_subscription_versions') }}
    where reason is not null
    union all
    select
        'subscription_items' as table_name,
        reason as quarantine_reason,
        case when reason = 'no_exchange_rate' then 'currency' else 'unit_price' end as reason_column,
        _file_name,
        _row_number
    from {{ ref('int_other_charges') }}
    where reason is not null
),

-- Judged again, for every rule that a row breaks: its base keeps the first.
judged as (
    {%- for table_name in contract_tables() %}
    {%- set raw_table = landed_rows(table_name) %}
    {%- if execute %}
    {%- set table = contract_table(table_name) %}
    {%- set refused_rows %}(
        select
            raw_rows.*,
            refused.quarantine_reason,
            refused.reason_column,
            {% for column in table.config.meta.key -%}
            coalesce(cast(raw_rows.{{ column }} as string), ''){{ " || '|' || " if not loop.last }}
            {%- endfor %} as row_key,
            {{ row_as_json(table.columns.keys(), 'raw_rows') }} as raw_row
        from refused
        inner join {{ raw_table }} as raw_rows
            on refused._file_name = raw_rows._file_name and refused._row_number = raw_rows._row_number
        where refused.table_name = '{{ table_name }}'
    )
    {%- endset %}
    select
        '{{ table_name }}' as table_name,
        typed_rows.row_key,
        typed_rows.quarantine_reason as reason,
        typed_rows.reason_column,
        concat_ws(
            ', '
            {%- for column in table.columns.values() %}
            {%- for condition, reason in row_rules(table, column) %},
            case when {{ condition }} then '{{ reason }} ({{ column.name }})' end
            {%- endfor %}
            {%- endfor %}
        ) as column_reasons,
        typed_rows._file_name as file_name,
        typed_rows.raw_row,
        cast(typed_rows._row_number as bigint) as row_number
    {%- set kept = ['quarantine_reason', 'reason_column', 'row_key', 'raw_row'] %}
    {%- set linked = linked_rows(table_name, refused_rows, ref('base_account_links'), loaded_tables, kept) %}
    from {{ typed_rows(table, linked, kept=kept) }}
    {%- for column in table.columns.values() if column.config.meta.references and column.config.meta.required %}
    {{ known_reference(column, ref('base_' ~ column.config.meta.references.split('.')[0]), 'typed_rows') }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endif %}
    {%- endfor %}
),

-- Rules over several rows are not among those of a column.
final as (
    select
        table_name,
        row_key,
        reason,
        case
            when instr(column_reasons, reason || ' (' || reason_column || ')') > 0 then column_reasons
            else concat_ws(', ', reason || ' (' || reason_column || ')', nullif(column_reasons, ''))
        end as reasons,
        reason_column,
        file_name,
        raw_row,
        row_number
    from judged
)

select * from final
