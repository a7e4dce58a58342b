{#- The text of a landed value, and its type. Both engines read the same texts and refuse the same ones:
    by default one reads 1_000 as a number and the other reads '2024-01-31 5' as 5 o'clock. -#}

{#- A cast that gives NULL instead of an error. -#}
{% macro try_cast(expression, data_type) -%}
    try_cast({{ expression }} as {{ data_type }})
{%- endmacro %}

{#- True where the landed column is text, known when the query is planned, so that the other branch costs nothing. -#}
{% macro is_text(column) -%}
    lower(typeof({{ column }})) in ('varchar', 'string')
{%- endmacro %}

{#- True where the landed column is a timestamp. -#}
{% macro is_timestamp(column) -%}
    lower(typeof({{ column }})) like 'timestamp%'
{%- endmacro %}

{#- The text of a value without leading and trailing blanks of any width; NULL where nothing is left. -#}
{% macro text_of(column) -%}
    {{ return(adapter.dispatch('text_of')(column)) }}
{%- endmacro %}

{% macro default__text_of(column) -%}
    nullif(trim(cast({{ column }} as string)), '')
{%- endmacro %}

{#- Spark's trim removes one kind of blank; these are the Unicode space separators that DuckDB's trim removes. -#}
{% macro spark__text_of(column) -%}
    nullif(trim(both '\u0020\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000' from cast({{ column }} as string)), '')
{%- endmacro %}

{#- True where the whole text has a pattern; patterns are written without backslashes, which engines unescape differently. -#}
{% macro matches(text, pattern) -%}
    {{ return(adapter.dispatch('matches')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}

{#- Java's $ also matches before a last line break. -#}
{% macro spark__matches(text, pattern) -%}
    {{ text }} rlike r'^({{ pattern }})\z'
{%- endmacro %}

{#- True where the landed column is a whole number of at most 64 bits. -#}
{% macro is_integer(column) -%}
    lower(typeof({{ column }})) in ('tinyint', 'smallint', 'integer', 'int', 'bigint')
{%- endmacro %}

{#- True where the landed column is a number in doubles. -#}
{% macro is_floating(column) -%}
    lower(typeof({{ column }})) in ('double', 'float')
{%- endmacro %}

{#- A landed value as a number: a number, or text that writes one in digits; NULL for anything else.
    A double has the value that it would show in a CSV file. -#}
{% macro number_of(column, data_type) -%}
    case
        when not ({{ is_text(column) }} or {{ is_floating(column) }})
            then {{ try_cast(column, data_type) }}
        when {{ matches(text_of(column), '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)') }}
            then {{ try_cast(text_of(column), data_type) }}
        when {{ matches(text_of(column), '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)[eE][+-]?[0-9]+') }}
            then {{ double_as_decimal(try_cast(text_of(column), 'double'), data_type) }}
    end
{%- endmacro %}

{#- The day that an ISO 8601 date names. -#}
{% macro date_of(text) -%}
    case when {{ matches(text, '[0-9]{4}-[0-9]{2}-[0-9]{2}') }} then {{ try_cast(text, 'date') }} end
{%- endmacro %}

{#- The UTC time that an ISO 8601 time names; one without an offset is UTC already. -#}
{% macro utc_time_of(text) -%}
    {%- set pattern = '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?'
        ~ '(Z| UTC|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)?' -%}
    case when {{ matches(text, pattern) }} then {{ instant(text) }} end
{%- endmacro %}

{#- Both sessions run in UTC: that makes an instant a UTC time. -#}
{% macro instant(text) -%}
    {{ return(adapter.dispatch('instant')(text)) }}
{%- endmacro %}

{#- Both engines read an offset after seconds alone. -#}
{% macro default__instant(text) -%}
    try_cast(
        coalesce(
            try_cast({{ text }} as timestamp with time zone),
            try_cast(
                regexp_replace({{ text }}, '^(.{10}[T ][0-9]{2}:[0-9]{2})([Z +-])', '\1:00\2') as timestamp with time zone
            )
        ) as timestamp
    )
{%- endmacro %}

{% macro spark__instant(text) -%}
    try_cast(
        try_cast(
            regexp_replace({{ text }}, '^(.{10}[T ][0-9]{2}:[0-9]{2})([Z +-])', '$1:00$2') as timestamp_ltz
        ) as timestamp_ntz
    )
{%- endmacro %}

{#- A row's columns as one JSON object, in text. -#}
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
    ), map('ignoreNullFields', 'false'))
{%- endmacro %}
