{#- MRR of a subscription item: quantity x unit price x (1 - discount) x periods per month, exact, rounded
    once to four decimals, half away from zero. NULL where the amount is too large to be real. -#}
{% macro monthly_amount(quantity, unit_price, discount_rate, billing_interval, billing_interval_count) -%}
    {{ return(adapter.dispatch('monthly_amount')(quantity, unit_price, discount_rate, billing_interval, billing_interval_count)) }}
{%- endmacro %}

{#- The exact amount is of integers throughout. -#}
{% macro default__monthly_amount(quantity, unit_price, discount_rate, billing_interval, billing_interval_count) -%}
    {%- set double -%}
        cast({{ quantity }} as double) * cast({{ unit_price }} as double) * cast(1 - {{ discount_rate }} as double)
        * {{ interval_periods(billing_interval) }}
        / cast({{ interval_months(billing_interval) }} * {{ billing_interval_count }} as double)
    {%- endset -%}
    {%- set exact -%}
        cast(
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
    {%- endset -%}
    case
        when {{ is_amount_in_range(quantity, unit_price) }}
            then {{ rounded_amount(double, exact) }}
    end
{%- endmacro %}

{#- Spark's widest integer is a decimal of 38 digits, too narrow for the dividend and half the divisor together: the
    rounding is decided from the remainder. With amount = quantity x price x discount in 1e-24, per 1e20:
    whole = months x quotient + rest, and one more when (rest + part) / months is a half or above. -#}
{% macro spark__monthly_amount(quantity, unit_price, discount_rate, billing_interval, billing_interval_count) -%}
    {%- set months = '(' ~ interval_months(billing_interval) ~ ' * ' ~ billing_interval_count ~ ')' -%}
    {%- set amount -%}
        (
            cast(cast({{ quantity }} as decimal(18, 6)) * 1000000 as decimal(18, 0))
            * cast(cast({{ unit_price }} as decimal(18, 8)) * 100000000 as decimal(18, 0))
            * cast(
                cast(cast(1 - {{ discount_rate }} as decimal(18, 10)) * 10000000000 as decimal(11, 0))
                * {{ interval_periods(billing_interval) }} as decimal(14, 0)
            )
        )
    {%- endset -%}
    {%- set whole = '(' ~ amount ~ ' div cast(100000000000000000000 as decimal(21, 0)))' -%}
    {%- set part = '(' ~ amount ~ ' % cast(100000000000000000000 as decimal(21, 0)))' -%}
    {%- set twice_rest = '(2 * (' ~ whole ~ ' % ' ~ months ~ ') - ' ~ months ~ ')' -%}
    case
        when {{ is_amount_in_range(quantity, unit_price) }}
            then cast(
                {{ whole }} div {{ months }}
                + case
                    when {{ twice_rest }} >= 0 then 1
                    when {{ twice_rest }} = -1 and {{ part }} >= cast(50000000000000000000 as decimal(21, 0)) then 1
                    else 0
                end as decimal(22, 0)
            ) * 0.0001
    end
{%- endmacro %}

{#- Whether the price of a billing period can be real; a larger one has no MRR. -#}
{% macro is_amount_in_range(quantity, unit_price) -%}
    cast({{ quantity }} as double) * cast({{ unit_price }} as double) < 200000000000
{%- endmacro %}

{#- A billing interval lasts interval_months / interval_periods months. -#}
{% macro interval_periods(billing_interval) -%}
    case {{ billing_interval }} when 'week' then 52 when 'day' then 365 else 1 end
{%- endmacro %}

{% macro interval_months(billing_interval) -%}
    case {{ billing_interval }} when 'month' then 1 when 'quarter' then 3 else 12 end
{%- endmacro %}
