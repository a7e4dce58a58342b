-- Treated accounts from the day on which they first used a kind of content or the community, and accounts that never did
-- from a day of their own: they take the days of the treated in turn. Without a response, what the customer did and what
-- people meet for counts; what was only sent does not.
with activities as (
    select * from {{ ref('int_cs_activities') }}
    where
        (is_content or is_community)
        and not is_no_show
        and coalesce(is_view, initiated_by = 'customer' or touch_kind = 'group')
        and account_id is not null
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

treated as (
    select
        activity_type,
        account_id,
        min(occurred_on) as index_on
    from activities
    group by activity_type, account_id
),

treated_places as (
    select
        *,
        row_number() over (partition by activity_type order by index_on, account_id) as place,
        count(*) over (partition by activity_type) as places
    from treated
),

kinds as (
    select distinct
        activity_type,
        places
    from treated_places
),

controls as (
    select
        kinds.activity_type,
        accounts.account_id,
        kinds.places,
        row_number() over (partition by kinds.activity_type order by accounts.account_id) as place
    from kinds
    cross join accounts
    left join treated
        on kinds.activity_type = treated.activity_type and accounts.account_id = treated.account_id
    where treated.account_id is null
),

index_days as (
    select
        activity_type,
        account_id,
        'any' as situation,
        true as is_treated,
        index_on
    from treated
    union all
    select
        controls.activity_type,
        controls.account_id,
        'any' as situation,
        false as is_treated,
        treated_places.index_on
    from controls
    inner join treated_places
        on
            controls.activity_type = treated_places.activity_type
            and mod(controls.place - 1, controls.places) + 1 = treated_places.place
),

final as (
    {{ effect_accounts('index_days', 'activity_type') }}
)

select * from final
