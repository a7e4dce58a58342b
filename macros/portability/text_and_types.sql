{#- Casts that give NULL instead of an error, whatever type the column was landed with. -#}

{% macro try_cast(expression, data_type) -%}
    try_cast({{ expression }} as {{ data_type }})
{%- endmacro %}

{#- True where the landed column is text, known when the query is planned, so that the other branch costs nothing. -#}
{% macro is_text(column) -%}
    {{ return(adapter.dispatch('is_text')(column)) }}
{%- endmacro %}

{% macro default__is_text(column) -%}
    typeof({{ column }}) = 'VARCHAR'
{%- endmacro %}

{% macro spark__is_text(column) -%}
    typeof({{ column }}) = 'string'
{%- endmacro %}

{#- True where the landed column is a timestamp. -#}
{% macro is_timestamp(column) -%}
    lower(typeof({{ column }})) like 'timestamp%'
{%- endmacro %}

{#- The text of a value without surrounding blanks; NULL where nothing is left. -#}
{% macro text_of(column) -%}
    nullif(trim(cast({{ column }} as string)), '')
{%- endmacro %}

{#- One JSON object of a row's columns, as text. -#}
{% macro row_as_json(columns, relation) -%}
    {{ return(adapter.dispatch('row_as_json')(columns, relation)) }}
{%- endmacro %}

{% macro default__row_as_json(columns, relation) -%}
    cast(to_json(struct_pack(
        {%- for column in columns %}{{ column }} := cast({{ relation }}.{{ column }} as string){{ ', ' if not loop.last }}{% endfor -%}
    )) as string)
{%- endmacro %}

{% macro spark__row_as_json(columns, relation) -%}
    to_json(named_struct(
        {%- for column in columns %}'{{ column }}', cast({{ relation }}.{{ column }} as string){{ ', ' if not loop.last }}{% endfor -%}
    ))
{%- endmacro %}
