-- Open before + set − achieved = open at the close, in every month.
with months as (
    select
        month_start,
        goals_open,
        sum(goals_set - goals_achieved_in_month) over (order by month_start) as expected_open
    from {{ ref('kpi_success_months') }}
    where segment_dimension = 'all'
)

select * from months
where goals_open != expected_open
