-- Figures that rest on a late input look as if customers did nothing.
{{ config(severity='warn') }}
select
    table_name,
    status,
    newest_on,
    days_late,
    rows_last_day,
    usual_rows_last_day
from {{ ref('input_freshness') }}
where status not in ('fresh', 'not_judged', 'not_supplied')
