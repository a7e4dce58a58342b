-- Treated accounts from the day of the campaign's first touch, and control accounts from a day of their own: the
-- controls take the days of the treated in turn. So both are customers or prospects on their index day, and both are
-- followed from it.
with activities as (
    select * from {{ ref('fct_cs_activities') }}
),

campaigns as (
    select * from {{ ref('dim_campaigns') }}
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

treated as (
    select
        campaigns.campaign_id,
        activities.account_id,
        min(activities.occurred_on) as index_on
    from activities
    inner join campaigns on activities.campaign_id = campaigns.campaign_id
    group by campaigns.campaign_id, activities.account_id
),

treated_places as (
    select
        *,
        row_number() over (partition by campaign_id order by index_on, account_id) as place
    from treated
),

treated_counts as (
    select
        campaign_id,
        count(*) as places
    from treated
    group by campaign_id
),

controls as (
    select
        treated_counts.campaign_id,
        accounts.account_id,
        treated_counts.places,
        row_number() over (partition by treated_counts.campaign_id order by accounts.account_id) as place
    from treated_counts
    cross join accounts
    left join treated
        on treated_counts.campaign_id = treated.campaign_id and accounts.account_id = treated.account_id
    where treated.account_id is null
),

index_days as (
    select
        campaign_id,
        account_id,
        'any' as situation,
        true as is_treated,
        index_on
    from treated
    union all
    select
        controls.campaign_id,
        controls.account_id,
        'any' as situation,
        false as is_treated,
        treated_places.index_on
    from controls
    inner join treated_places
        on
            controls.campaign_id = treated_places.campaign_id
            and mod(controls.place - 1, controls.places) + 1 = treated_places.place
),

final as (
    {{ effect_accounts('index_days', 'campaign_id') }}
)

select * from final
