-- An item is in one version at a time, whatever the source says.
with neighboured as (
    select
        subscription_item_id,
        account_id,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by subscription_item_id order by valid_from) as next_valid_from
    from {{ ref('fct_subscription_periods') }}
)

select * from neighboured
where next_valid_from < valid_to or (next_valid_from is not null and valid_to is null)
