-- What was set and not achieved is open at the close, in every month.
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
