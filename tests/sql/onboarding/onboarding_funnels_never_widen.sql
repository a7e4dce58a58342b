-- A later step has at most as many accounts; a step with NULL is not compared.
with funnels as (
    select * from {{ ref('kpi_onboarding_funnels') }}
),

compared as (
    select
        month_start,
        segment_dimension,
        segment_value,
        step_key,
        accounts_offered,
        accounts_reached,
        accounts_reached_to_date,
        min(accounts_reached) over (
            partition by month_start, segment_dimension, segment_value order by step_order
            rows between unbounded preceding and 1 preceding
        ) as least_reached_before,
        min(accounts_reached_to_date) over (
            partition by month_start, segment_dimension, segment_value order by step_order
            rows between unbounded preceding and 1 preceding
        ) as least_reached_to_date_before
    from funnels
)

select * from compared
where
    accounts_reached > least_reached_before
    or accounts_reached_to_date > least_reached_to_date_before
    or accounts_reached > accounts_offered
    or accounts_reached > accounts_reached_to_date
