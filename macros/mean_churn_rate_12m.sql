{#- Customers lost over opening customers in the last twelve months: a mean monthly rate, in which a bad month counts for as
    many customers as it had. NULL before there are twelve months. -#}
{% macro mean_churn_rate_12m(churned, opening, month_number, segment) -%}
    {%- set last_months = 'over (partition by ' ~ segment ~ ' order by ' ~ month_number
        ~ ' range between 11 preceding and current row)' -%}
    case
        when {{ month_number }} >= 12
            then {{ rate('sum(' ~ churned ~ ') ' ~ last_months, 'sum(' ~ opening ~ ') ' ~ last_months) }}
    end
{%- endmacro %}
