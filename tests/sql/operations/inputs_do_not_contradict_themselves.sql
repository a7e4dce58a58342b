-- Contradictions are told, and the run goes on.
{{ config(severity='warn') }}
select
    table_name,
    kind,
    column_name,
    row_key,
    detail_en
from {{ ref('input_warnings') }}
