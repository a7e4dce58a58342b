-- Rows of each contract table by status, before the rules that compare several rows.
{% for table_name in contract_tables() %}
{%- set base = ref('base_' ~ table_name) -%}
{%- if execute %}
{%- set newest_by = contract_table(table_name).config.meta.newest_by or 'recorded_at' %}
select
    '{{ table_name }}' as table_name,
    cast(count(case when row_status = 'accepted' then 1 end) as bigint) as rows_accepted,
    cast(count(case when row_status = 'repeated' then 1 end) as bigint) as rows_repeated,
    cast(count(case when row_status = 'superseded' then 1 end) as bigint) as rows_superseded,
    cast(count(case when row_status = 'quarantined' then 1 end) as bigint) as rows_quarantined,
    cast(coalesce(sum(case when row_status = 'accepted' then unknown_references end), 0) as bigint) as unknown_references,
    cast(coalesce(sum(case when row_status = 'accepted' then values_set_null end), 0) as bigint) as values_set_null,
    cast(max(case when row_status = 'accepted' then {{ newest_by }} end) as timestamp) as newest_record_at
from {{ base }}
{{ 'union all' if not loop.last }}
{%- endif %}
{% endfor %}
