-- A movement's type follows from MRR before and after, and an account is new exactly once: with its first
-- movement.
with movements as (
    select
        *,
        row_number() over (partition by account_id order by movement_date) = 1 as is_first
    from {{ ref('fct_mrr_movements') }}
),

expected as (
    select
        movement_id,
        movement_type,
        case
            when mrr_before = 0 and is_first then 'new'
            when mrr_before = 0 then 'reactivation'
            when mrr_after = 0 then 'churn'
            when mrr_after > mrr_before then 'expansion'
            when mrr_after < mrr_before then 'contraction'
        end as expected_movement_type,
        mrr_before,
        mrr_after,
        mrr_change,
        days_lapsed
    from movements
)

select * from expected
where
    coalesce(movement_type != expected_movement_type, true)
    or mrr_change != mrr_after - mrr_before
    or (movement_type = 'reactivation') != (days_lapsed is not null)
