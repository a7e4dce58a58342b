{#- The kinds of account that treated and control accounts are not matched on; both sides should be balanced in them. -#}
{% macro account_kinds() %}
    {{ return(['csm', 'contract', 'products']) }}
{% endmacro %}

{#- The average effect on the treated, from counts of accounts in strata: treated and control accounts are compared
    within a stratum, and strata are weighted by their treated accounts. Strata without both are left out.

    The interval (95 %) joins Wilson's score intervals of both rates (Newcombe 1998, method 10), which hold their level
    also where an outcome is rare and few accounts were treated. The weighted control rate counts as one of
    1 / sum(weight² / n) accounts, the number that gives an unweighted rate its variance (Kish 1965). The p-value is
    that of the score test of two equal rates.

    strata  the model that counts them, with the columns of `effect_strata`
    keys    columns of which each combination has an effect of its own -#}
{% macro effects_of(strata, keys) -%}
{%- set z = 1.959963984540054 -%}
{%- set key_list = keys | join(', ') -%}
{%- set counts = {'rate': 'reached'} -%}
{%- for kind in account_kinds() %}{% do counts.update({kind ~ '_share': 'with_' ~ kind}) %}{% endfor -%}
    with strata as (
        select
            *,
            treated_accounts > 0 and control_accounts > 0 as is_matched
        from {{ strata }}
    ),

    sums as (
        select
            {{ key_list }},
            cast(sum(treated_accounts) as bigint) as all_treated_accounts,
            cast(sum(case when is_matched then treated_accounts else 0 end) as bigint) as treated_accounts,
            cast(sum(case when is_matched then control_accounts else 0 end) as bigint) as control_accounts,
            {%- for count in counts.values() %}
            sum(case when is_matched then treated_{{ count }} end) as treated_{{ count }},
            {{ sum_of_quotients('control_' ~ count ~ ' * treated_accounts', 'control_accounts', 'is_matched') }} as control_{{ count }},
            {%- endfor %}
            {{ sum_of_quotients('treated_accounts * treated_accounts', 'control_accounts', 'is_matched') }} as squares
        from strata
        group by {{ key_list }}
    ),

    shares as (
        select
            {{ key_list }},
            treated_accounts,
            control_accounts,
            {{ rate('treated_accounts', 'case when treated_accounts > 0 then all_treated_accounts end') }} as matched_rate,
            cast(treated_accounts as double) as treated_count,
            {{ rate('treated_accounts * treated_accounts', 'squares') }} as control_count,
            {%- for share, count in counts.items() %}
            {{ rate('treated_' ~ count, 'treated_accounts') }} as treated_{{ share }},
            -- Rounding can make a share a little more than 1.
            case when treated_accounts > 0 then least({{ rate('control_' ~ count, 'treated_accounts') }}, 1) end
                as control_{{ share }}{{ ',' if not loop.last }}
            {%- endfor %}
        from sums
    ),

    variances as (
        select
            *,
            {%- for kind in account_kinds() %}
            (
                treated_{{ kind }}_share * (1 - treated_{{ kind }}_share)
                + control_{{ kind }}_share * (1 - control_{{ kind }}_share)
            ) / 2 as {{ kind }}_variance,
            {%- endfor %}
            (treated_rate * treated_count + control_rate * control_count) / (treated_count + control_count) as pooled_rate
        from shares
    ),

    -- A kind that all accounts are of, or none, is balanced.
    bounds as (
        select
            *,
            {%- for kind in account_kinds() %}
            case
                when {{ kind }}_variance > 0
                    then (treated_{{ kind }}_share - control_{{ kind }}_share) / sqrt({{ kind }}_variance)
            end as {{ kind }}_apart,
            {%- endfor %}
            {%- for arm in ['treated', 'control'] %}
            {%- for end, sign in {'low': '-', 'high': '+'}.items() %}
            (
                {{ arm }}_rate + {{ z ** 2 / 2 }} / {{ arm }}_count {{ sign }} {{ z }} * sqrt(
                    {{ arm }}_rate * (1 - {{ arm }}_rate) / {{ arm }}_count + {{ z ** 2 / 4 }} / power({{ arm }}_count, 2)
                )
            ) / (1 + {{ z ** 2 }} / {{ arm }}_count) as {{ arm }}_{{ end }},
            {%- endfor %}
            {%- endfor %}
            pooled_rate * (1 - pooled_rate) * (1 / treated_count + 1 / control_count) as test_variance
        from variances
    ),

    imbalances as (
        select
            *,
            case
                {%- for kind in account_kinds() %}
                when
                    abs({{ kind }}_apart) = greatest(
                        {%- for other in account_kinds() %}
                        coalesce(abs({{ other }}_apart), 0){{ ',' if not loop.last }}
                        {%- endfor %}
                    )
                    then '{{ kind }}'
                {%- endfor %}
            end as least_balanced
        from bounds
    )

    select
        {{ key_list }},
        treated_accounts,
        control_accounts,
        matched_rate,
        treated_rate,
        control_rate,
        treated_rate - control_rate as difference,
        case
            when treated_accounts > 0
                then greatest(
                    treated_rate - control_rate - sqrt(
                        power(treated_rate - greatest(treated_low, 0), 2) + power(least(control_high, 1) - control_rate, 2)
                    ), -1
                )
        end as ci_low,
        case
            when treated_accounts > 0
                then least(
                    treated_rate - control_rate + sqrt(
                        power(least(treated_high, 1) - treated_rate, 2) + power(control_rate - greatest(control_low, 0), 2)
                    ), 1
                )
        end as ci_high,
        -- Where all accounts or none reached the outcome, both rates are equal.
        case
            when test_variance > 0 then {{ erfc('abs(treated_rate - control_rate) / sqrt(2 * test_variance)') }}
            when treated_accounts > 0 then 1
        end as p_value,
        case least_balanced
            {%- for kind in account_kinds() %}
            when '{{ kind }}' then {{ kind }}_apart
            {%- endfor %}
        end as max_std_difference,
        least_balanced
    from imbalances
{%- endmacro %}

{#- A sum of quotients of counts where a condition holds; as decimals, because sums of doubles depend on the order of
    rows. -#}
{% macro sum_of_quotients(numerator, denominator, condition) -%}
    sum(case when {{ condition }} then cast({{ rate(numerator, denominator) }} as decimal(38, 12)) end)
{%- endmacro %}

{#- The complementary error function of a number of 0 or more, 0 to 1, which no engine has: to 2e-7 of its value (Press
    et al., Numerical Recipes in C, §6.2). -#}
{% macro erfc(number) -%}
{%- set t = '(1 / (1 + 0.5 * (' ~ number ~ ')))' -%}
{%- set factors = [
    1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277
] -%}
    least({{ t }} * exp(
        -1.26551223 - power({{ number }}, 2)
        {%- for factor in factors %} + {{ factor }} * power({{ t }}, {{ loop.index }}){% endfor %}
    ), 1)
{%- endmacro %}


{#- The measured effect, for the select list of a query with `effects` and `success_settings`. -#}
{% macro effect_columns() -%}
    cast(effects.treated_accounts as bigint) as treated_accounts,
    cast(effects.control_accounts as bigint) as control_accounts,
    cast(effects.matched_rate as double) as matched_rate,
    cast(effects.treated_rate as double) as treated_rate,
    cast(effects.control_rate as double) as control_rate,
    cast(effects.difference as double) as difference,
    cast(effects.ci_low as double) as ci_low,
    cast(effects.ci_high as double) as ci_high,
    cast(effects.p_value as double) as p_value,
    cast(effects.max_std_difference as double) as max_std_difference,
    effects.least_balanced,
    coalesce(
        least(effects.treated_accounts, effects.control_accounts) < success_settings.min_accounts, true
    ) as too_few
{%- endmacro %}
