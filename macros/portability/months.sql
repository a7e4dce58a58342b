{#- First day of the month of a date. -#}
{% macro month_start(date) -%}
    cast({{ dbt.date_trunc('month', date) }} as date)
{%- endmacro %}

{#- Last day of the month of a date. -#}
{% macro month_end(date) -%}
    cast({{ dbt.last_day(date, 'month') }} as date)
{%- endmacro %}

{#- A first of the month, some months later. -#}
{% macro add_months(date, months) -%}
    cast({{ dbt.dateadd('month', months, date) }} as date)
{%- endmacro %}

{#- A date, some days later. -#}
{% macro add_days(date, days) -%}
    {{ return(adapter.dispatch('add_days')(date, days)) }}
{%- endmacro %}

{#- Adding an interval would make a time of the date first. -#}
{% macro default__add_days(date, days) -%}
    (cast({{ date }} as date) + cast({{ days }} as integer))
{%- endmacro %}

{% macro spark__add_days(date, days) -%}
    date_add({{ date }}, cast({{ days }} as integer))
{%- endmacro %}

{#- Whole months from one first of the month to another. -#}
{% macro months_between(earlier, later) -%}
    cast(
        (extract(year from {{ later }}) - extract(year from {{ earlier }})) * 12
        + extract(month from {{ later }}) - extract(month from {{ earlier }}) as bigint
    )
{%- endmacro %}

{#- One row per month from one first of the month to another, both included, none where the last is before the first;
    for the select list. -#}
{% macro each_month(first_month, last_month) -%}
    {{ return(adapter.dispatch('each_month')(first_month, last_month)) }}
{%- endmacro %}

{% macro default__each_month(first_month, last_month) -%}
    cast(unnest(generate_series({{ first_month }}, {{ last_month }}, interval 1 month)) as date)
{%- endmacro %}

{#- Without the case, a last month before the first stops the query. -#}
{% macro spark__each_month(first_month, last_month) -%}
    explode(case when {{ first_month }} <= {{ last_month }} then sequence({{ first_month }}, {{ last_month }}, interval 1 month) end)
{%- endmacro %}
