{#- Exchange rates of a day: the latest one on or before it. -#}

{#- The condition that a row of int_fx_rate_periods is in force on a day. -#}
{% macro is_rate_of_day(rates, day) -%}
    {{ day }} >= {{ rates }}.valid_from and {{ day }} < {{ or_never(rates ~ '.valid_to') }}
{%- endmacro %}

{#- Joins fx_rates.rate_to_reporting, the rate of the row's currency on a day of the row; NULL where there is none. -#}
{% macro join_fx_rates(relation, day) -%}
    left join {{ ref('int_fx_rate_periods') }} as fx_rates
        on
            {{ relation }}.currency = fx_rates.currency
            and {{ is_rate_of_day('fx_rates', relation ~ '.' ~ day) }}
{%- endmacro %}
