{#- A wall-clock time in a zone, as the UTC instant it names. -#}
{% macro to_utc(local_time, time_zone) -%}
    {{ return(adapter.dispatch('to_utc')(local_time, time_zone)) }}
{%- endmacro %}

{% macro default__to_utc(local_time, time_zone) -%}
    case
        when {{ time_zone }} = 'UTC' then {{ local_time }}
        else timezone('UTC', timezone({{ time_zone }}, {{ local_time }}))
    end
{%- endmacro %}

{% macro spark__to_utc(local_time, time_zone) -%}
    to_utc_timestamp({{ local_time }}, {{ time_zone }})
{%- endmacro %}

{#- The day that a UTC instant falls on in a zone. -#}
{% macro local_date(utc_time, time_zone) -%}
    {{ return(adapter.dispatch('local_date')(utc_time, time_zone)) }}
{%- endmacro %}

{% macro default__local_date(utc_time, time_zone) -%}
    case
        when {{ time_zone }} = 'UTC' then cast({{ utc_time }} as date)
        else cast(timezone({{ time_zone }}, timezone('UTC', {{ utc_time }})) as date)
    end
{%- endmacro %}

{% macro spark__local_date(utc_time, time_zone) -%}
    cast(from_utc_timestamp({{ utc_time }}, {{ time_zone }}) as date)
{%- endmacro %}
