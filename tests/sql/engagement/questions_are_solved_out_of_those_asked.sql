-- Questions answered by peers are among those answered, and those answered are among those asked.
select
    month_start,
    segment_dimension,
    segment_value,
    questions,
    questions_answered,
    questions_answered_by_peers
from {{ ref('kpi_community_months') }}
where
    questions_answered_by_peers > questions_answered
    or questions_answered > questions
