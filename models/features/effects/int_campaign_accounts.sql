-- Whom a campaign touched, from the day of the first touch; and everybody else, from a day of their own: the untouched take
-- the days of the touched in turn. So both had to be there on their day, and both are followed from it.
with activities as (
    select * from {{ ref('fct_cs_activities') }}
),

campaigns as (
    select * from {{ ref('dim_campaigns') }}
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

movements as (
    select * from {{ ref('int_account_mrr_movements') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

touched as (
    select
        campaigns.campaign_id,
        activities.account_id,
        min(activities.occurred_on) as index_on
    from activities
    inner join campaigns on activities.campaign_id = campaigns.campaign_id
    group by campaigns.campaign_id, activities.account_id
),

ranked as (
    select
        *,
        row_number() over (partition by campaign_id order by index_on, account_id) as place
    from touched
),

counted as (
    select
        campaign_id,
        count(*) as places
    from touched
    group by campaign_id
),

untouched as (
    select
        counted.campaign_id,
        accounts.account_id,
        counted.places,
        row_number() over (partition by counted.campaign_id order by accounts.account_id) as place
    from counted
    cross join accounts
    left join touched
        on counted.campaign_id = touched.campaign_id and accounts.account_id = touched.account_id
    where touched.account_id is null
),

placed as (
    select
        campaign_id,
        account_id,
        true as is_treated,
        index_on
    from touched
    union all
    select
        untouched.campaign_id,
        untouched.account_id,
        false as is_treated,
        ranked.index_on
    from untouched
    inner join ranked
        on
            untouched.campaign_id = ranked.campaign_id
            and mod(untouched.place - 1, untouched.places) + 1 = ranked.place
),

balances as (
    select
        account_id,
        movement_date,
        mrr_after,
        lead(movement_date) over (partition by account_id order by movement_date) as next_movement_date
    from movements
),

begun as (
    select
        accounts.account_id,
        accounts.size_band,
        accounts.csm_id,
        accounts.first_mrr_date,
        {{ local_date('accounts.created_at', 'settings.reporting_timezone') }} as created_on
    from accounts
    cross join settings
),

final as (
    select
        placed.campaign_id,
        placed.account_id,
        coalesce(begun.size_band, 'unknown') as size_band,
        placed.is_treated,
        coalesce(balances.mrr_after > 0, false) as is_customer,
        begun.csm_id is not null as has_csm,
        cast({{ dbt.datediff(
            'least(coalesce(begun.created_on, begun.first_mrr_date), coalesce(begun.first_mrr_date, begun.created_on))',
            'placed.index_on',
            'day'
        ) }} as bigint) as tenure_days,
        placed.index_on
    from placed
    inner join begun on placed.account_id = begun.account_id
    left join balances
        on
            placed.account_id = balances.account_id
            and placed.index_on >= balances.movement_date
            and (placed.index_on < balances.next_movement_date or balances.next_movement_date is null)
    -- Nobody who left before can be kept, or be got to use the product.
    where
        (balances.account_id is null or balances.mrr_after > 0)
        and placed.index_on >= least(
            coalesce(begun.created_on, begun.first_mrr_date), coalesce(begun.first_mrr_date, begun.created_on)
        )
)

select * from final
