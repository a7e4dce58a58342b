-- Touched and untouched accounts in the bands within which they are compared.
with accounts as (
    select * from {{ ref('int_campaign_accounts') }}
),

use as (
    select * from {{ ref('int_campaign_use') }}
),

contracts as (
    select * from {{ ref('fct_contract_renewals') }}
),

periods as (
    select * from {{ ref('int_subscription_periods') }}
    where is_counted and mrr_local > 0
),

tenure_bands as (
    select * from {{ ref('campaign_bands') }}
    where measure = 'tenure_days'
),

activity_bands as (
    select * from {{ ref('campaign_bands') }}
    where measure = 'active_days'
),

success_settings as (
    select
        max(case when setting_id = 'campaign_activity_days' then cast(setting_value as bigint) end) as activity_days,
        max(case when setting_id = 'campaign_min_share' then setting_value end) as min_share
    from {{ ref('success_settings') }}
),

recorded as (
    select min(activity_date) as first_recorded_on from {{ ref('int_account_usage_days') }}
),

under_contract as (
    select distinct
        accounts.campaign_id,
        accounts.account_id
    from accounts
    inner join contracts
        on
            accounts.account_id = contracts.account_id
            and accounts.index_on >= cast(contracts.started_at as date)
            and accounts.index_on < contracts.due_on
),

holdings as (
    select
        accounts.campaign_id,
        accounts.account_id,
        count(distinct periods.product_id) as products
    from accounts
    inner join periods
        on
            accounts.account_id = periods.account_id
            and accounts.index_on >= periods.started_on
            and (accounts.index_on < periods.ended_on or periods.ended_on is null)
    group by accounts.campaign_id, accounts.account_id
),

kinds as (
    select
        accounts.*,
        under_contract.account_id is not null as has_contract,
        coalesce(holdings.products > 1, false) as has_products,
        case
            when {{ add_days('accounts.index_on', '-success_settings.activity_days') }} >= recorded.first_recorded_on
                then coalesce(use.active_days_before, 0)
        end as active_days_before,
        case when recorded.first_recorded_on is not null then coalesce(use.is_active_after, false) end as is_active_after
    from accounts
    cross join success_settings
    cross join recorded
    left join under_contract
        on accounts.campaign_id = under_contract.campaign_id and accounts.account_id = under_contract.account_id
    left join holdings
        on accounts.campaign_id = holdings.campaign_id and accounts.account_id = holdings.account_id
    left join use on accounts.campaign_id = use.campaign_id and accounts.account_id = use.account_id
),

shares as (
    select
        campaign_id,
        {%- for kind in ['is_customer', 'has_csm', 'has_contract', 'has_products'] %}
        avg(case when {{ kind }} then 1.0 else 0.0 end) as {{ kind }}_share{{ ',' if not loop.last }}
        {%- endfor %}
    from kinds
    where is_treated
    group by campaign_id
),

-- Whom a campaign was meant for shows in whom it touched: the kinds that it left alone are no comparison for the others.
final as (
    select
        kinds.campaign_id,
        kinds.account_id,
        kinds.size_band,
        coalesce(tenure_bands.band, 'unknown') as tenure_band,
        coalesce(activity_bands.band, 'unknown') as activity_band,
        kinds.is_treated,
        kinds.is_customer,
        kinds.has_csm,
        kinds.has_contract,
        kinds.has_products,
        kinds.is_active_after,
        kinds.index_on
    from kinds
    cross join success_settings
    inner join shares on kinds.campaign_id = shares.campaign_id
    left join tenure_bands
        on
            kinds.tenure_days >= tenure_bands.from_value
            and (kinds.tenure_days < tenure_bands.to_value or tenure_bands.to_value is null)
    left join activity_bands
        on
            kinds.active_days_before >= activity_bands.from_value
            and (kinds.active_days_before < activity_bands.to_value or activity_bands.to_value is null)
    where
        {%- for kind in ['is_customer', 'has_csm', 'has_contract', 'has_products'] %}
        {{ 'and ' if not loop.first }}case when kinds.{{ kind }} then shares.{{ kind }}_share else 1 - shares.{{ kind }}_share end
        >= success_settings.min_share
        {%- endfor %}
)

select * from final
