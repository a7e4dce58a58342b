-- corrected_values has as many rows as the load report counts.
with listed as (
    select
        table_name,
        count(*) as values_listed
    from {{ ref('corrected_values') }}
    group by table_name
),

load_report as (
    select * from {{ ref('load_report') }}
)

select
    coalesce(load_report.table_name, listed.table_name) as table_name,
    load_report.values_set_null,
    listed.values_listed
from load_report
full outer join listed on load_report.table_name = listed.table_name
where coalesce(load_report.values_set_null, 0) != coalesce(listed.values_listed, 0)
