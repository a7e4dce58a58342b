{#- A data test asks its question once, and keeps its failing rows as a table only where there are any: most tests pass,
    and a table for each of them costs more than the question. -#}
{% materialization test, default %}
    {%- set failing_rows = get_limit_subquery_sql(sql, config.get('limit')) %}
    {%- set relations = [] %}
    {%- do drop_relation_if_exists(adapter.get_relation(database, schema, model.alias)) %}

    {%- call statement('main', fetch_result=true) %}
        {{ get_test_sql(failing_rows, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), none) }}
    {%- endcall %}

    {%- if should_store_failures() and load_result('main').table.rows[0][0] > 0 %}
        {%- set stored = api.Relation.create(database, schema, model.alias, type='table') %}
        {%- call statement() %}{{ get_create_sql(stored, failing_rows) }}{% endcall %}
        {%- do relations.append(stored) %}
    {%- endif %}
    {%- do adapter.commit() %}
    {{- return({'relations': relations}) }}
{% endmaterialization %}
