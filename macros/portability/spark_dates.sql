{#- What dbt's own macros get wrong on Spark: an interval of several terms loses its parentheses, months are counted by
    days, and dates pass through timestamps of the session's time zone. -#}

{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    timestampadd({{ datepart }}, cast(({{ interval }}) as int), cast({{ from_date_or_timestamp }} as timestamp_ntz))
{%- endmacro %}

{#- The number of borders of the part between two times, as everywhere else. -#}
{% macro spark__datediff(first_date, second_date, datepart) -%}
    {%- set part = datepart | lower -%}
    {%- if part == 'day' -%}
        datediff({{ second_date }}, {{ first_date }})
    {%- elif part == 'week' -%}
        datediff(date_trunc('week', {{ second_date }}), date_trunc('week', {{ first_date }})) div 7
    {%- elif part in ('month', 'quarter', 'year') -%}
        timestampdiff({{ part }}, {{ dbt.date_trunc(part, first_date) }}, {{ dbt.date_trunc(part, second_date) }})
    {%- elif part in ('hour', 'minute', 'second') -%}
        timestampdiff({{ part }}, {{ dbt.date_trunc(part, first_date) }}, {{ dbt.date_trunc(part, second_date) }})
    {%- else -%}
        {{ exceptions.raise_compiler_error("datediff on Spark: no part " ~ datepart ~ "; use day to year, or hour to second.") }}
    {%- endif -%}
{%- endmacro %}

{% macro spark__date_trunc(datepart, date) -%}
    cast(date_trunc('{{ datepart }}', {{ date }}) as timestamp_ntz)
{%- endmacro %}
