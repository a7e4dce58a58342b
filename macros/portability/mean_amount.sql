{#- An amount of at least zero divided by a count: exact, rounded once to four decimals, half up; NULL where the count is
    zero or either is missing. -#}
{% macro mean_amount(amount, count) -%}
    {{ return(adapter.dispatch('mean_amount')(amount, count)) }}
{%- endmacro %}

{% macro default__mean_amount(amount, count) -%}
    {%- set exact -%}
        cast(
            cast(
                (2 * cast(cast({{ amount }} as decimal(38, 4)) * 10000 as hugeint) + ({{ count }})) // nullif(2 * ({{ count }}), 0)
                as decimal(22, 0)
            ) * 0.0001 as decimal(18, 4)
        )
    {%- endset -%}
    {{ rounded_amount('cast(' ~ amount ~ ' as double) / cast(' ~ count ~ ' as double)', exact) }}
{%- endmacro %}

{% macro spark__mean_amount(amount, count) -%}
    cast(
        cast(
            (2 * cast(cast({{ amount }} as decimal(38, 4)) * 10000 as decimal(22, 0)) + ({{ count }})) div nullif(2 * ({{ count }}), 0)
            as decimal(22, 0)
        ) * 0.0001 as decimal(18, 4)
    )
{%- endmacro %}
