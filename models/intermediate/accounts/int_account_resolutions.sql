-- A merged account counts for the account it was merged into; at customer_level parent, a child counts for its top
-- parent.
with recursive accounts as (
    select * from {{ ref('stg_accounts') }}
),

steps as (
    select
        account_id,
        {% if var('customer_level') == 'parent' -%}
        coalesce(merged_into_account_id, parent_account_id) as next_account_id
        {%- else -%}
        merged_into_account_id as next_account_id
        {%- endif %}
    from accounts
),

walks as (
    select
        account_id,
        account_id as reached_account_id,
        0 as hops
    from accounts
    union all
    select
        walks.account_id,
        steps.next_account_id as reached_account_id,
        walks.hops + 1 as hops
    from walks
    inner join steps on walks.reached_account_id = steps.account_id
    -- The limit of hops stops at accounts that refer to each other in a circle.
    where steps.next_account_id is not null and walks.hops < 100
),

arrivals as (
    select
        walks.account_id,
        walks.reached_account_id
    from walks
    inner join steps on walks.reached_account_id = steps.account_id
    where steps.next_account_id is null
),

final as (
    select
        accounts.account_id,
        coalesce(arrivals.reached_account_id, accounts.account_id) as customer_account_id
    from accounts
    left join arrivals on accounts.account_id = arrivals.account_id
    left join accounts as customers on arrivals.reached_account_id = customers.account_id
    where not accounts.is_test and not coalesce(customers.is_test, false)
)

select * from final
