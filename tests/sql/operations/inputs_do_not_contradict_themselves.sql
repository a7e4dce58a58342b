-- Contradictions are told, and the run goes on.
{{ config(severity='warn') }}
select * from {{ ref('input_warnings') }}
