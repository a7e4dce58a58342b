{#- A wall-clock time in a zone, as the UTC time of the instant that it names: the first of two where a clock goes back. -#}
{% macro to_utc(local_time, time_zone) -%}
    {{ return(adapter.dispatch('to_utc')(local_time, time_zone)) }}
{%- endmacro %}

{#- DuckDB gives the second of two. -#}
{% macro default__to_utc(local_time, time_zone) -%}
    case
        when {{ time_zone }} = 'UTC' then {{ local_time }}
        when timezone({{ time_zone }}, timezone({{ time_zone }}, {{ local_time }}) - interval 1 hour) = {{ local_time }}
            then timezone('UTC', timezone({{ time_zone }}, {{ local_time }}) - interval 1 hour)
        else timezone('UTC', timezone({{ time_zone }}, {{ local_time }}))
    end
{%- endmacro %}

{% macro spark__to_utc(local_time, time_zone) -%}
    convert_timezone({{ time_zone }}, 'UTC', {{ local_time }})
{%- endmacro %}

{#- The day that a UTC time falls on in a zone. -#}
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
    cast(convert_timezone('UTC', {{ time_zone }}, {{ utc_time }}) as date)
{%- endmacro %}
