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

movements as (
    select * from {{ ref('int_account_mrr_movements') }}
),

settings as (
    select * from {{ ref('int_settings') }}
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
        true as is_treated,
        index_on
    from treated
    union all
    select
        controls.campaign_id,
        controls.account_id,
        false as is_treated,
        treated_places.index_on
    from controls
    inner join treated_places
        on
            controls.campaign_id = treated_places.campaign_id
            and mod(controls.place - 1, controls.places) + 1 = treated_places.place
),

balances as (
    select
        account_id,
        movement_date,
        mrr_after,
        lead(movement_date) over (partition by account_id order by movement_date) as next_movement_date
    from movements
),

-- An account exists from its creation, or from its first MRR where that came first.
account_starts as (
    select
        accounts.account_id,
        accounts.size_band,
        accounts.csm_id,
        least(
            coalesce({{ local_date('accounts.created_at', 'settings.reporting_timezone') }}, accounts.first_mrr_date),
            coalesce(accounts.first_mrr_date, {{ local_date('accounts.created_at', 'settings.reporting_timezone') }})
        ) as started_on
    from accounts
    cross join settings
),

-- Accounts that churned before the index day, or did not exist on it, are excluded.
final as (
    select
        index_days.campaign_id,
        index_days.account_id,
        coalesce(account_starts.size_band, 'unknown') as size_band,
        index_days.is_treated,
        coalesce(balances.mrr_after > 0, false) as is_customer,
        account_starts.csm_id is not null as has_csm,
        cast({{ dbt.datediff('account_starts.started_on', 'index_days.index_on', 'day') }} as bigint) as tenure_days,
        index_days.index_on
    from index_days
    inner join account_starts on index_days.account_id = account_starts.account_id
    left join balances
        on
            index_days.account_id = balances.account_id
            and index_days.index_on >= balances.movement_date
            and index_days.index_on < {{ or_never('balances.next_movement_date') }}
    where
        (balances.account_id is null or balances.mrr_after > 0)
        and index_days.index_on >= account_starts.started_on
)

select * from final
