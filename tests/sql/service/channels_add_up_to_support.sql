-- Every ticket has one channel, `unknown` where the source has none.
with channels as (
    select
        month_start,
        sum(tickets_opened) as tickets_opened,
        sum(tickets_resolved) as tickets_resolved,
        sum(complaints) as complaints
    from {{ ref('kpi_support_channel_months') }}
    group by month_start
),

support as (
    select * from {{ ref('kpi_support_months') }}
    where segment_dimension = 'all'
)

select
    coalesce(channels.month_start, support.month_start) as month_start,
    channels.tickets_opened as tickets_of_channels,
    support.tickets_opened,
    channels.complaints as complaints_of_channels,
    support.complaints
from channels
full outer join support on channels.month_start = support.month_start
where
    coalesce(channels.tickets_opened, 0) != coalesce(support.tickets_opened, 0)
    or coalesce(channels.tickets_resolved, 0) != coalesce(support.tickets_resolved, 0)
    or coalesce(channels.complaints, 0) != coalesce(support.complaints, 0)
