{#- The attributes of compared accounts on their index day. Accounts that churned before it, or did not exist on it, are
    excluded.

    index_days  a CTE with `key`, account_id, situation, is_treated and index_on
    key         the column of what was done to the treated accounts, such as campaign_id. A `situation` is what else
                accounts are matched on -#}
{% macro effect_accounts(index_days, key) -%}
    with balances as (
        select
            account_id,
            movement_date,
            mrr_after,
            lead(movement_date) over (partition by account_id order by movement_date) as next_movement_date
        from {{ ref('int_account_mrr_movements') }}
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
        from {{ ref('dim_accounts') }} as accounts
        cross join {{ ref('int_settings') }} as settings
    )

    select
        days.{{ key }},
        days.account_id,
        days.situation,
        coalesce(account_starts.size_band, 'unknown') as size_band,
        days.is_treated,
        coalesce(balances.mrr_after > 0, false) as is_customer,
        account_starts.csm_id is not null as has_csm,
        cast({{ dbt.datediff('account_starts.started_on', 'days.index_on', 'day') }} as bigint) as tenure_days,
        days.index_on
    from {{ index_days }} as days
    inner join account_starts on days.account_id = account_starts.account_id
    left join balances
        on
            days.account_id = balances.account_id
            and days.index_on >= balances.movement_date
            and days.index_on < {{ or_never('balances.next_movement_date') }}
    where
        (balances.account_id is null or balances.mrr_after > 0)
        and days.index_on >= account_starts.started_on
{%- endmacro %}
