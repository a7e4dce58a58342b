-- Churn in a month, at whatever day; what counts of an account that left twice in it is how it left last.
with churns as (
    select * from {{ ref('int_account_mrr_movements') }}
    where movement_type = 'churn'
),

placed as (
    select
        *,
        min(movement_date) over (partition by account_id, month_start) as first_churned_on,
        row_number() over (partition by account_id, month_start order by movement_date desc) as place_from_end
    from churns
),

final as (
    select
        account_id,
        month_start,
        first_churned_on,
        movement_date as last_churned_on,
        is_involuntary
    from placed
    where place_from_end = 1
)

select * from final
