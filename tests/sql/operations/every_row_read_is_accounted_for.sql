-- A row that was read counts, was repeated, gave way to a newer one, or is quarantined: none is lost, none is
-- doubled.
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
