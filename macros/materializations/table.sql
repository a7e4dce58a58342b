{#- DuckDB undoes a dropped table with the transaction, so a table is replaced under its own name; dbt's way by a second
    and a third name costs three more statements for each model. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set before = load_cached_relation(this) %}
    {%- set target_relation = this.incorporate(type='table') %}
    {{- run_hooks(pre_hooks) }}

    {%- call statement('main') %}
        {%- if before %}
            drop {{ before.type }} if exists {{ before }};
        {%- endif %}
        {{ create_table_as(false, target_relation, compiled_code) }}
    {%- endcall %}

    {{- run_hooks(post_hooks) }}
    {%- do adapter.commit() %}
    {{- return({'relations': [target_relation]}) }}
{% endmaterialization %}
