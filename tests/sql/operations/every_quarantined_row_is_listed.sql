-- quarantined_rows has as many rows as the load report counts.
with listed as (
    select
        table_name,
        count(*) as rows_listed
    from {{ ref('quarantined_rows') }}
    group by table_name
),

load_report as (
    select * from {{ ref('load_report') }}
)

select
    coalesce(load_report.table_name, listed.table_name) as table_name,
    load_report.rows_quarantined,
    listed.rows_listed
from load_report
full outer join listed on load_report.table_name = listed.table_name
where coalesce(load_report.rows_quarantined, 0) != coalesce(listed.rows_listed, 0)
