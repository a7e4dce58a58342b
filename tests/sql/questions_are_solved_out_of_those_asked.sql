-- A question that a peer answered was answered, and what was answered was asked.
select *
from {{ ref('kpi_community_months') }}
where
    questions_answered_by_peers > questions_answered
    or questions_answered > questions
