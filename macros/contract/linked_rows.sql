{#- Landed rows whose ids of accounts in another system are those of the accounts that account_links links them to. An id
    without a link stays as it is: it may be an account's own.

    links  the base model of account_links; without it the rows stay as they are
    kept   further columns of `rows` -#}
{% macro linked_rows(table_name, rows, links, loaded_tables, kept=[]) -%}
{%- set table = contract_table(table_name) -%}
{%- set columns = account_columns(table_name, table) if links else [] -%}
{%- if not columns -%}{{ return(rows) }}{%- endif -%}
{%- set system = '(select account_system from ' ~ loaded_tables ~ " where table_name = '" ~ table_name ~ "')" -%}
(
    select
        {%- for name in table.columns.keys() %}
        {%- if name in columns %}
        coalesce(of_{{ name }}.account_id, cast(landed_rows.{{ name }} as string)) as {{ name }},
        {%- else %}
        landed_rows.{{ name }},
        {%- endif %}
        {%- endfor %}
        {%- for name in kept %}
        landed_rows.{{ name }},
        {%- endfor %}
        landed_rows._file_name,
        landed_rows._row_number
    from {{ rows }} as landed_rows
    {%- for name in columns %}
    left join {{ linked_accounts(links, system) }} as of_{{ name }}
        on {{ text_of('landed_rows.' ~ name) }} = of_{{ name }}.source_id
    {%- endfor %}
)
{%- endmacro %}


{#- The accounts of the ids of one system, given as SQL: source_id, account_id. -#}
{% macro linked_accounts(links, system) -%}
(
        select
            source_id,
            account_id
        from {{ links }}
        where row_status = 'accepted' and system = {{ system }}
    )
{%- endmacro %}


{#- The columns of a table whose accounts may have ids of another system; accounts and their links have their own. -#}
{% macro account_columns(table_name, table) -%}
    {%- set names = [] -%}
    {%- for column in table.columns.values()
        if table_name not in ['accounts', 'account_links'] and column.config.meta.references == 'accounts.account_id' -%}
        {%- do names.append(column.name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
