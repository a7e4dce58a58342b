-- A row that was read is accepted, repeated, superseded or quarantined: none is lost or counted twice.
select
    table_name,
    rows_read,
    rows_accepted + rows_repeated + rows_superseded + rows_quarantined as rows_accounted_for,
    rows_accepted,
    rows_repeated,
    rows_superseded,
    rows_quarantined
from {{ ref('load_report') }}
where coalesce(rows_read != rows_accepted + rows_repeated + rows_superseded + rows_quarantined, true)
