{#- What a subscription item is worth a month: quantity x unit price x (1 - discount) x periods per month, exact, rounded
    once to four decimals, half away from zero. NULL where the amount is too large to be one. -#}
{% macro monthly_amount(quantity, unit_price, discount_rate, billing_interval, billing_interval_count) -%}
    {{ return(adapter.dispatch('monthly_amount')(quantity, unit_price, discount_rate, billing_interval, billing_interval_count)) }}
{%- endmacro %}

{#- Integers throughout: a double would round some halves down. -#}
{% macro default__monthly_amount(quantity, unit_price, discount_rate, billing_interval, billing_interval_count) -%}
    case
        when cast({{ quantity }} as double) * cast({{ unit_price }} as double) < 200000000000
            then cast(
                (
                    2 * cast(cast({{ quantity }} as decimal(38, 6)) * 1000000 as hugeint)
                    * cast(cast({{ unit_price }} as decimal(38, 8)) * 100000000 as hugeint)
                    * cast(cast(1 - {{ discount_rate }} as decimal(38, 10)) * 10000000000 as hugeint)
                    * {{ interval_periods(billing_interval) }}
                    + {{ interval_months(billing_interval) }} * {{ billing_interval_count }} * 100000000000000000000::hugeint
                )
                // ({{ interval_months(billing_interval) }} * {{ billing_interval_count }} * 200000000000000000000::hugeint)
                as decimal(22, 0)
            ) * 0.0001
    end
{%- endmacro %}

{#- A billing interval lasts interval_months / interval_periods months. -#}
{% macro interval_periods(billing_interval) -%}
    case {{ billing_interval }} when 'week' then 52 when 'day' then 365 else 1 end
{%- endmacro %}

{% macro interval_months(billing_interval) -%}
    case {{ billing_interval }} when 'month' then 1 when 'quarter' then 3 else 12 end
{%- endmacro %}
