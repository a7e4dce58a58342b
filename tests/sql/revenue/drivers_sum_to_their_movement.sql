-- Every movement is explained, by drivers that sum to it to the last decimal.
with movements as (
    select * from {{ ref('fct_mrr_movements') }}
),

explained as (
    select
        movement_id,
        sum(mrr_change) as explained_mrr_change
    from {{ ref('fct_mrr_movement_drivers') }}
    group by movement_id
)

select
    coalesce(movements.movement_id, explained.movement_id) as movement_id,
    movements.movement_type,
    movements.mrr_change,
    explained.explained_mrr_change
from movements
full outer join explained on movements.movement_id = explained.movement_id
where coalesce(movements.mrr_change != explained.explained_mrr_change, true)
