{#- The landed rows of a growing table that marts list, as they were landed. They are few, but among all rows; an
    increment opens only files with rows that are not listed yet. -#}
{% macro listed_rows(table_name) %}
{%- set raw_table = source('raw', table_name) %}
{%- set base = ref('base_' ~ table_name) %}
-- depends_on: {{ ref('touched_files') }}
{%- if execute %}
select
    {%- for column in listed_columns(table_name) %}
    raw_rows.{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ raw_table }} as raw_rows
inner join {{ base }} as base
    on raw_rows._file_name = base._file_name and raw_rows._row_number = base._row_number
where
    {{ is_listed('base') }}
    {%- if keeps_listed_rows(table_name) %}
    {%- set unlisted %}
        select distinct base._file_name
        from {{ base }} as base
        left join {{ this }} as listed
            on base._file_name = listed._file_name and base._row_number = listed._row_number
        where
            {{ is_listed('base') }}
            and (listed._file_name is null or base._file_name in ({{ touched_files(table_name) }}))
    {%- endset %}
    and raw_rows._file_name in ({{ file_literals(unlisted) }})
    and (raw_rows._file_name, raw_rows._row_number) not in (select (_file_name, _row_number) from {{ this }})
    {%- endif %}
{%- endif %}
{% endmacro %}


{#- Whether marts list a row: it is quarantined, or some of its values count as NULL. -#}
{% macro is_listed(base) -%}
    (
        {{ base }}.row_status = 'quarantined'
        or ({{ base }}.row_status = 'accepted' and {{ base }}.values_set_null > 0)
    )
{%- endmacro %}


{#- The hook that takes out the rows of touched files and those that are not listed any more; all where a column of the
    files now has another type. -#}
{% macro delete_unlisted_rows(table_name) -%}
    {%- if keeps_listed_rows(table_name) -%}
        delete from {{ this }}
        where
            _file_name in ({{ touched_files(table_name) }})
            or (_file_name, _row_number) not in (
                select (base._file_name, base._row_number) from {{ ref('base_' ~ table_name) }} as base
                where {{ is_listed('base') }}
            )
    {%- elif is_incremental() -%}
        create or replace table {{ this }} as
        select {{ listed_columns(table_name) | join(', ') }} from {{ source('raw', table_name) }}
        where false
    {%- endif -%}
{%- endmacro %}


{#- The columns of landed rows. -#}
{% macro listed_columns(table_name) -%}
    {{ return((contract_table(table_name).columns.keys() | list) + ['_file_name', '_row_number']) }}
{%- endmacro %}


{#- Whether an increment adds to the rows listed before: the columns of the files have the types that they had. -#}
{% macro keeps_listed_rows(table_name) -%}
    {%- if not is_incremental() -%}{{ return(false) }}{%- endif -%}
    {%- set types = [] -%}
    {%- for relation in [this, source('raw', table_name)] -%}
        {%- set found = {} -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do found.update({column.name: column.dtype}) -%}
        {%- endfor -%}
        {%- do types.append(found) -%}
    {%- endfor -%}
    {{ return(types[0] == types[1]) }}
{%- endmacro %}


{#- Where the landed rows of a table are found: those of its files, and of source systems that give it; of growing
    tables those that marts list. -#}
{% macro landed_rows(table_name) -%}
    {%- if table_name == 'product_events' -%}
        {{ return(ref('listed_product_events')) }}
    {%- elif table_name in ['accounts', 'cancellations', 'plans', 'subscription_items'] -%}
        {{ return(ref('landed_' ~ table_name)) }}
    {%- endif -%}
    {{ return(source('raw', table_name)) }}
{%- endmacro %}
