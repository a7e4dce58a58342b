{#- Treated and control accounts that reached an outcome, by what they are matched on; with_csm, with_contract and
    with_products count those with a manager, a contract and more than one product. Customers are not compared with
    accounts that do not pay.

    outcomes  a model of `effect_outcomes`, with `key` -#}
{% macro effect_strata(outcomes, key) -%}
{%- set status = "case when is_customer then 'customer' else 'prospect' end" -%}
{%- set matched = [key, 'outcome', 'situation', 'size_band', 'tenure_band', 'activity_band'] | join(', ') -%}
    select
        {{ matched }},
        {{ status }} as account_status,
        {%- for arm, condition in {'treated': 'is_treated', 'control': 'not is_treated'}.items() %}
        {{ count_where(condition) }} as {{ arm }}_accounts,
        {{ count_where(condition ~ ' and is_reached') }} as {{ arm }}_reached,
        {%- for kind in account_kinds() %}
        {{ count_where(condition ~ ' and has_' ~ kind) }} as {{ arm }}_with_{{ kind }}{{ ',' if not loop.last }}
        {%- endfor %}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ outcomes }}
    group by {{ matched }}, {{ status }}
{%- endmacro %}
