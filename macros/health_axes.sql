{#- The axes of the health score in their order. dbt must know the columns of a model before it can read a seed, so the
    names of the seed health_axes stand here once more; a test compares the two. -#}
{% macro health_axes() %}
    {{ return(['adoption', 'maturity', 'engagement', 'sentiment', 'support', 'commercial']) }}
{% endmacro %}
