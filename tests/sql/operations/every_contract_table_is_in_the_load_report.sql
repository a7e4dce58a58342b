-- Every table of the input contract is in the load report; otherwise a missing table goes unnoticed.
with contract as (
    {%- for table in graph.sources.values() if table.source_name == 'raw' %}
    select '{{ table.name }}' as table_name
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

load_report as (
    select * from {{ ref('load_report') }}
)

select
    coalesce(contract.table_name, load_report.table_name) as table_name,
    contract.table_name is not null as is_in_contract,
    load_report.table_name is not null as is_in_load_report
from contract
full outer join load_report on contract.table_name = load_report.table_name
where contract.table_name is null or load_report.table_name is null
