{#- The values of a table that are NULL because they break a rule, as they were read: table_name, column_name, reason,
    raw_value, file_name, row_number. -#}
{% macro corrected_values_of(table_name, raw_table, base) -%}
{%- if execute %}
{%- set table = contract_table(table_name) %}
{%- set columns = [] %}
{%- for column in table.columns.values() if not breaks_row(table, column) and broken_rules(column) %}
    {%- do columns.append(column) %}
{%- endfor %}
{%- set corrected_rows %}(
        select raw_rows.*
        from {{ raw_table }} as raw_rows
        inner join {{ base }} as base
            on raw_rows._file_name = base._file_name and raw_rows._row_number = base._row_number
        where base.row_status = 'accepted' and base.values_set_null > 0
    )
{%- endset %}
    select *
    from (
        select
            '{{ table_name }}' as table_name,
            columns.column_name,
            case
                {%- for column in columns %}
                {%- for condition, reason in broken_rules(column) %}
                when columns.column_name = '{{ column.name }}' and {{ condition }} then '{{ reason }}'
                {%- endfor %}
                {%- endfor %}
            end as reason,
            case columns.column_name
                {%- for column in columns %}
                when '{{ column.name }}' then cast(typed_rows.raw_{{ column.name }} as string)
                {%- endfor %}
            end as raw_value,
            typed_rows._file_name as file_name,
            cast(typed_rows._row_number as bigint) as row_number
        from {{ typed_rows(table, corrected_rows) }}
        cross join (
            {%- for column in columns %}
            select '{{ column.name }}' as column_name
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        ) as columns
    ) as {{ table_name }}_values
    where reason is not null
{%- endif %}
{%- endmacro %}
