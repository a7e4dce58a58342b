-- Every ticket has one agent, `unknown` where the source has none.
with agents as (
    select
        month_start,
        sum(tickets_handled) as tickets_opened,
        sum(tickets_resolved) as tickets_resolved,
        sum(open_at_close) as open_at_close,
        sum(replies) as replies
    from {{ ref('kpi_support_agent_months') }}
    group by month_start
),

support as (
    select * from {{ ref('kpi_support_months') }}
    where segment_dimension = 'all'
)

select
    coalesce(agents.month_start, support.month_start) as month_start,
    agents.tickets_opened as tickets_of_agents,
    support.tickets_opened,
    agents.tickets_resolved as resolved_of_agents,
    support.tickets_resolved
from agents
full outer join support on agents.month_start = support.month_start
where
    coalesce(agents.tickets_opened, 0) != coalesce(support.tickets_opened, 0)
    or coalesce(agents.tickets_resolved, 0) != coalesce(support.tickets_resolved, 0)
    or coalesce(agents.open_at_close, 0) != coalesce(support.open_at_close, 0)
    or coalesce(agents.replies, 0) != coalesce(support.replies, 0)
