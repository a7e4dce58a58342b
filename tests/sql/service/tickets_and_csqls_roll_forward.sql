-- Open before + opened − closed = open at the close, in every month.
with support as (
    select
        month_start,
        open_at_close,
        sum(tickets_opened - tickets_resolved) over (order by month_start) as expected_open
    from {{ ref('kpi_support_months') }}
    where segment_dimension = 'all'
),

csqls as (
    select
        month_start,
        csqls_open,
        sum(csqls_created - csqls_won - csqls_lost) over (order by month_start) as expected_open
    from {{ ref('kpi_csql_months') }}
    where segment_dimension = 'all'
)

select
    'tickets' as things,
    month_start,
    open_at_close as open_things,
    expected_open
from support
where open_at_close != expected_open
union all
select
    'csqls' as things,
    month_start,
    csqls_open as open_things,
    expected_open
from csqls
where csqls_open != expected_open
