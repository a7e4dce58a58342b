{#- A measure's sum over a month and the eleven before it; NULL before there are twelve. -#}
{% macro sum_of_12_months(measure, month_number, segment) -%}
    case
        when {{ month_number }} >= 12
            then cast(
                sum({{ measure }}) over (
                    partition by {{ segment }} order by {{ month_number }} range between 11 preceding and current row
                ) as bigint
            )
    end
{%- endmacro %}
