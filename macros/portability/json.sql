{#- JSON in text columns. A path is written as both engines read it, such as data.object.id. -#}

{#- The value at a path as text; an object or an array as JSON; NULL where it is absent or null. -#}
{% macro json_text(json, path) -%}
    {{ return(json_at(json, "'$." ~ path ~ "'")) }}
{%- endmacro %}

{#- The value at a path that is an expression. -#}
{% macro json_at(json, path) -%}
    {{ return(adapter.dispatch('json_at')(json, path)) }}
{%- endmacro %}

{% macro default__json_at(json, path) -%}
    json_extract_string({{ json }}, {{ path }})
{%- endmacro %}

{% macro spark__json_at(json, path) -%}
    get_json_object({{ json }}, {{ path }})
{%- endmacro %}

{#- True where an object has a key, also one whose value is null. -#}
{% macro json_has_key(json, key) -%}
    {{ return(adapter.dispatch('json_has_key')(json, key)) }}
{%- endmacro %}

{% macro default__json_has_key(json, key) -%}
    coalesce(list_contains(json_keys({{ json }}), '{{ key }}'), false)
{%- endmacro %}

{% macro spark__json_has_key(json, key) -%}
    coalesce(array_contains(json_object_keys({{ json }}), '{{ key }}'), false)
{%- endmacro %}

{#- In a select list: one row for each element of an array, with its position from 0 on. -#}
{% macro json_positions(json) -%}
    {{ return(adapter.dispatch('json_positions')(json)) }}
{%- endmacro %}

{% macro default__json_positions(json) -%}
    unnest(range(cast(coalesce(json_array_length({{ json }}), 0) as bigint)))
{%- endmacro %}

{% macro spark__json_positions(json) -%}
    explode(filter(sequence(0, coalesce(json_array_length({{ json }}), 0)), i -> i < coalesce(json_array_length({{ json }}), 0)))
{%- endmacro %}

{#- The element of an array at a position. -#}
{% macro json_element(json, position) -%}
    {{ return(json_at(json, "concat('$[', " ~ position ~ ", ']')")) }}
{%- endmacro %}

{#- Seconds since 1970 as text of a UTC time, such as raw files have it. -#}
{% macro text_of_seconds(seconds) -%}
    {{ return(adapter.dispatch('text_of_seconds')(seconds)) }}
{%- endmacro %}

{% macro default__text_of_seconds(seconds) -%}
    strftime(make_timestamp({{ seconds }} * 1000000), '%Y-%m-%d %H:%M:%S')
{%- endmacro %}

{% macro spark__text_of_seconds(seconds) -%}
    date_format(timestamp_seconds({{ seconds }}), 'yyyy-MM-dd HH:mm:ss')
{%- endmacro %}
