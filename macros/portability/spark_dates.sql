{#- dbt's own macros are wrong on Spark: an interval of several terms loses its parentheses, months are counted by
    days, and dates pass through timestamps of the session's time zone. -#}

{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    timestampadd({{ datepart }}, cast(({{ interval }}) as int), cast({{ from_date_or_timestamp }} as timestamp_ntz))
{%- endmacro %}

{#- The number of borders of the date part between two times, as on other engines; weeks begin on another day. -#}
{% macro spark__datediff(first_date, second_date, datepart) -%}
    {%- if datepart not in ('year', 'quarter', 'month', 'day', 'hour', 'minute', 'second') -%}
        {{ exceptions.raise_compiler_error("datediff in " ~ datepart ~ "s differs by engine; count days, or seconds.") }}
    {%- endif -%}
    timestampdiff(
        {{ datepart }}, {{ dbt.date_trunc(datepart, first_date) }}, {{ dbt.date_trunc(datepart, second_date) }}
    )
{%- endmacro %}

{% macro spark__date_trunc(datepart, date) -%}
    cast(date_trunc('{{ datepart }}', {{ date }}) as timestamp_ntz)
{%- endmacro %}
