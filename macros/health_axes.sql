{#- The axes of the health score in their order. dbt must know the columns of a model before it can read a seed, so the
    names in seeds/health_axes.csv stand here once more; a test compares the two. -#}
{% macro health_axes() %}
    {{ return(['adoption', 'maturity', 'engagement', 'sentiment', 'support', 'commercial']) }}
{% endmacro %}
