{#- The files whose rows an increment judges again, as literals, so that the engine opens no other file. -#}
{% macro touched_files(table_name) -%}
    {%- set names = [] -%}
    {%- set touched = load_relation(ref('touched_files')) -%}
    {%- if touched -%}
        {%- for row in run_query("select file_name from " ~ touched ~ " where table_name = '" ~ table_name ~ "'") -%}
            {%- do names.append("'" ~ row[0] | replace("'", "''") ~ "'") -%}
        {%- endfor -%}
    {%- endif -%}
    {{ names | sort | join(', ') or "''" }}
{%- endmacro %}
