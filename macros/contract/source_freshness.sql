{#- dbt's own macro for `dbt source freshness`, for landed rows, whose times are text where the file is text. What is
    dated ahead is not news, and a table without rows was not supplied and is not late. -#}
{% macro default__collect_freshness(source, loaded_at_field, filter) %}
    {%- set time = typed_value('raw_rows.' ~ loaded_at_field, {'data_type': 'timestamp', 'config': {'meta': {}}}) %}
    {%- call statement('collect_freshness', fetch_result=True, auto_begin=False) %}
    select
        case when count(records.is_row) = 0 then max(now_at) else max(case when recorded_at <= now_at then recorded_at end) end
            as max_loaded_at,
        max(now_at) as snapshotted_at
    from (select cast({{ current_timestamp() }} as timestamp) as now_at) as clock
    left join (
        select
            true as is_row,
            {{ time }} as recorded_at
        from {{ source }} as raw_rows
        cross join {{ api.Relation.create(database=source.database, schema='raw', identifier='settings') }} as settings
    ) as records on true
    {%- endcall %}
    {{- return(load_result('collect_freshness')) -}}
{% endmacro %}
