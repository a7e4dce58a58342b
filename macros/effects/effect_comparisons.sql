{#- Treated and control accounts in the bands within which they are compared.

    accounts  a model of `effect_accounts`, with `key`
    usage     a model of `effect_usage` of them -#}
{% macro effect_comparisons(accounts, usage, key) -%}
    with accounts as (
        select * from {{ accounts }}
    ),

    usage as (
        select * from {{ usage }}
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

    usage_records as (
        select min(activity_date) as first_recorded_on from {{ ref('int_account_usage_days') }}
    ),

    accounts_under_contract as (
        select distinct
            accounts.{{ key }},
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
            accounts.{{ key }},
            accounts.account_id,
            count(distinct periods.product_id) as products
        from accounts
        inner join periods
            on
                accounts.account_id = periods.account_id
                and accounts.index_on >= periods.started_on
                and (accounts.index_on < periods.ended_on or periods.ended_on is null)
        group by accounts.{{ key }}, accounts.account_id
    ),

    account_kinds as (
        select
            accounts.*,
            accounts_under_contract.account_id is not null as has_contract,
            coalesce(holdings.products > 1, false) as has_products,
            case
                when {{ add_days('accounts.index_on', '-success_settings.activity_days') }} >= usage_records.first_recorded_on
                    then coalesce(usage.active_days_before, 0)
            end as active_days_before,
            case when usage_records.first_recorded_on is not null then coalesce(usage.is_active_after, false) end as is_active_after
        from accounts
        cross join success_settings
        cross join usage_records
        left join accounts_under_contract
            on accounts.{{ key }} = accounts_under_contract.{{ key }} and accounts.account_id = accounts_under_contract.account_id
        left join holdings
            on accounts.{{ key }} = holdings.{{ key }} and accounts.account_id = holdings.account_id
        left join usage on accounts.{{ key }} = usage.{{ key }} and accounts.account_id = usage.account_id
    ),

    treated_shares as (
        select
            {{ key }},
            {%- for kind in ['is_customer', 'has_csm', 'has_contract', 'has_products'] %}
            avg(case when {{ kind }} then 1.0 else 0.0 end) as {{ kind }}_share{{ ',' if not loop.last }}
            {%- endfor %}
        from account_kinds
        where is_treated
        group by {{ key }}
    ),

    -- Eligibility is inferred from the treated accounts: kinds of account that are rare among them are left out.
    final as (
        select
            account_kinds.{{ key }},
            account_kinds.situation,
            account_kinds.account_id,
            account_kinds.size_band,
            coalesce(tenure_bands.band, 'unknown') as tenure_band,
            coalesce(activity_bands.band, 'unknown') as activity_band,
            account_kinds.is_treated,
            account_kinds.is_customer,
            account_kinds.has_csm,
            account_kinds.has_contract,
            account_kinds.has_products,
            account_kinds.is_active_after,
            account_kinds.index_on
        from account_kinds
        cross join success_settings
        inner join treated_shares on account_kinds.{{ key }} = treated_shares.{{ key }}
        left join tenure_bands
            on
                account_kinds.tenure_days >= tenure_bands.from_value
                and (account_kinds.tenure_days < tenure_bands.to_value or tenure_bands.to_value is null)
        left join activity_bands
            on
                account_kinds.active_days_before >= activity_bands.from_value
                and (account_kinds.active_days_before < activity_bands.to_value or activity_bands.to_value is null)
        where
            {%- for kind in ['is_customer', 'has_csm', 'has_contract', 'has_products'] %}
            {{ 'and ' if not loop.first }}case when account_kinds.{{ kind }} then treated_shares.{{ kind }}_share else 1 - treated_shares.{{ kind }}_share end
            >= success_settings.min_share
            {%- endfor %}
    )

    select * from final
{%- endmacro %}
