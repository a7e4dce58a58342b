{#- Active days of compared accounts before their index day, and whether they were active in the last week of the
    outcome's days.

    accounts  a model of `effect_accounts`, with `key` -#}
{% macro effect_usage(accounts, key) -%}
    with accounts as (
        select * from {{ accounts }}
    ),

    usage_days as (
        select * from {{ ref('int_account_usage_days') }}
    ),

    outcomes as (
        select within_days from {{ ref('campaign_outcomes') }}
        where outcome = 'active_after_28d'
    ),

    success_settings as (
        select cast(setting_value as bigint) as activity_days
        from {{ ref('success_settings') }}
        where setting_id = 'campaign_activity_days'
    ),

    windows as (
        select
            accounts.{{ key }},
            accounts.account_id,
            accounts.index_on,
            {{ add_days('accounts.index_on', '-success_settings.activity_days') }} as before_from,
            {{ add_days('accounts.index_on', 'outcomes.within_days - 6') }} as after_from,
            {{ add_days('accounts.index_on', 'outcomes.within_days') }} as after_to
        from accounts
        cross join outcomes
        cross join success_settings
    ),

    -- Split by month, so that each comparison joins only the usage days around it.
    months as (
        select
            *,
            {{ each_month(month_start('before_from'), month_start('after_to')) }} as month_start
        from windows
    ),

    days as (
        select
            account_id,
            activity_date,
            {{ month_start('activity_date') }} as month_start
        from usage_days
    ),

    final as (
        select
            months.{{ key }},
            months.account_id,
            {{ count_where('days.activity_date >= months.before_from and days.activity_date < months.index_on') }}
                as active_days_before,
            max(
                case when days.activity_date >= months.after_from and days.activity_date <= months.after_to then 1 else 0 end
            ) = 1 as is_active_after
        from months
        inner join days on months.account_id = days.account_id and months.month_start = days.month_start
        group by months.{{ key }}, months.account_id
    )

    select * from final
{%- endmacro %}
