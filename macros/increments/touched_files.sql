{#- The files whose rows an increment judges again, as literals, so that the engine opens no other file. -#}
{% macro touched_files(table_name) -%}
    {%- set touched = load_relation(ref('touched_files')) -%}
    {{ file_literals("select file_name from " ~ touched ~ " where table_name = '" ~ table_name ~ "'") if touched else "''" }}
{%- endmacro %}


{#- The files that a query gives, as literals for a condition; an empty one where there are none. -#}
{% macro file_literals(query) -%}
    {%- set names = [] -%}
    {%- for row in run_query(query) -%}
        {%- do names.append("'" ~ row[0] | replace("'", "''") ~ "'") -%}
    {%- endfor -%}
    {{ names | sort | join(', ') or "''" }}
{%- endmacro %}
