-- The states of an account that forbid actions. What its sources do not record does not forbid any.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

account_months as (
    select * from {{ ref('fct_account_months') }}
),

payments as (
    select * from {{ ref('int_account_payment_measures') }}
),

commitments as (
    select * from {{ ref('int_account_commitment_measures') }}
),

known_managers as (
    select count(csm_id) > 0 as are_managers_known from accounts
),

settings as (
    select
        max(case when setting_id = 'idle_days' then setting_value end) as idle_days,
        max(case when setting_id = 'new_days' then setting_value end) as new_days,
        max(case when setting_id = 'usage_fall_rate' then setting_value end) as usage_fall_rate,
        max(case when setting_id = 'long_term_days' then setting_value end) as long_term_days
    from {{ ref('work_settings') }}
),

measured as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        coalesce(account_dates.region, 'unknown') as region,
        -- An account without a manager is looked after like tech touch.
        case
            when known_managers.are_managers_known and accounts.csm_id is null then 'tech_touch'
            else coalesce(account_months.touch_model, 'unknown')
        end as touch_model,
        commitments.days_to_term_end,
        payments.past_due_share,
        commitments.is_leaving,
        commitments.contract_days is not null or coalesce(payments.billing_days > settings.long_term_days, false)
            as has_term,
        coalesce(sentiment.nps_score_6m < 7, false) as is_detractor,
        coalesce(usage.events_change_28d_rate <= -settings.usage_fall_rate, false) as is_falling,
        -- Where recording stopped, an account is as idle as it was then.
        usage.days_since_last_use - {{ dbt.datediff('usage.usage_measured_on', 'account_dates.as_of_date', 'day') }}
            as days_idle,
        coalesce(onboarding.onboarding_reached_rate >= 1, false) as is_onboarded,
        settings.idle_days,
        account_dates.tenure_days < settings.new_days as is_new,
        coalesce(support.open_tickets_per_user > 0, false) as has_open_tickets,
        coalesce(payments.past_due_share > 0, false) as is_past_due
    from account_dates
    cross join settings
    cross join known_managers
    inner join accounts on account_dates.account_id = accounts.account_id
    left join account_months
        on
            account_dates.account_id = account_months.account_id
            and account_dates.month_start = account_months.month_start
    left join payments
        on account_dates.account_id = payments.account_id and account_dates.as_of_date = payments.as_of_date
    inner join commitments
        on account_dates.account_id = commitments.account_id and account_dates.as_of_date = commitments.as_of_date
    left join {{ ref('int_account_adoption_measures') }} as usage
        on account_dates.account_id = usage.account_id and account_dates.as_of_date = usage.as_of_date
    left join {{ ref('int_account_onboarding_measures') }} as onboarding
        on account_dates.account_id = onboarding.account_id and account_dates.as_of_date = onboarding.as_of_date
    left join {{ ref('int_account_sentiment_measures') }} as sentiment
        on account_dates.account_id = sentiment.account_id and account_dates.as_of_date = sentiment.as_of_date
    left join {{ ref('int_account_support_measures') }} as support
        on account_dates.account_id = support.account_id and account_dates.as_of_date = support.as_of_date
),

final as (
    select
        account_id,
        region,
        touch_model,
        concat_ws(
            ' ',
            case when is_detractor then 'detractor' end,
            case when is_falling then 'falling' end,
            case when days_idle >= idle_days then 'idle' end,
            case when is_new then 'new' end,
            case when not has_term then 'no_term' end,
            case when is_leaving then 'notice' end,
            case when is_onboarded then 'onboarded' end,
            case when has_open_tickets then 'open_tickets' end,
            case when is_past_due then 'past_due' end,
            case when touch_model = 'tech_touch' then 'tech_touch' end
        ) as account_states,
        days_to_term_end,
        past_due_share,
        days_idle,
        has_term,
        coalesce(days_idle >= idle_days, false) as is_idle,
        is_leaving,
        as_of_date
    from measured
)

select * from final
