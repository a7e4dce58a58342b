{#- The axes of the health score in their order, written by `make contracts` from the seed
    health_axes: dbt must know the columns of a model before it can read the seed. -#}
{% macro health_axes() %}
    {{ return(['adoption', 'maturity', 'engagement', 'sentiment', 'support', 'commercial', 'timing']) }}
{% endmacro %}
