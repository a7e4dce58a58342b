{#- One row per day from one date to another, both included, none where the last is before the first; for the select
    list. -#}
{% macro each_day(first_day, last_day) -%}
    {{ return(adapter.dispatch('each_day')(first_day, last_day)) }}
{%- endmacro %}

{% macro default__each_day(first_day, last_day) -%}
    cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date)
{%- endmacro %}

{% macro spark__each_day(first_day, last_day) -%}
    explode(case when {{ first_day }} <= {{ last_day }} then sequence({{ first_day }}, {{ last_day }}, interval 1 day) end)
{%- endmacro %}

{#- The Monday of the week of a date. -#}
{% macro week_start(date) -%}
    cast({{ dbt.date_trunc('week', date) }} as date)
{%- endmacro %}

{#- The end of a period, or the last date there is. In the condition of a join, `or ends_on is null` makes DuckDB compare
    every row with every other instead of looking up the keys. -#}
{% macro or_never(date) -%}
    coalesce({{ date }}, cast('9999-12-31' as date))
{%- endmacro %}
