{#- The value below which a share of the values lies, interpolated between two; NULLs do not count. An aggregate. -#}
{% macro quantile(expression, share) -%}
    {{ return(adapter.dispatch('quantile')(expression, share)) }}
{%- endmacro %}

{% macro default__quantile(expression, share) -%}
    cast(quantile_cont(cast({{ expression }} as double), {{ share }}) as double)
{%- endmacro %}

{% macro spark__quantile(expression, share) -%}
    cast(percentile(cast({{ expression }} as double), {{ share }}) as double)
{%- endmacro %}
