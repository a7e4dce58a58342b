with months as (
    select * from {{ ref('int_usage_coverage_months') }}
),

account_months as (
    select * from {{ ref('int_account_months') }}
    where opening_mrr > 0 or closing_mrr > 0
),

usage_months as (
    select * from {{ ref('int_account_usage_months') }}
),

user_months as (
    select * from {{ ref('int_account_user_count_months') }}
),

gauge_months as (
    select * from {{ ref('int_account_gauge_months') }}
),

segments as (
    select * from {{ ref('int_customer_segments') }}
),

-- Accounts with MRR, usage, users or a measurement in the month.
present as (
    select
        account_id,
        month_start
    from account_months
    union
    select
        account_id,
        month_start
    from usage_months
    union
    select
        account_id,
        month_start
    from user_months
    union
    select
        account_id,
        month_start
    from gauge_months
    where is_measured_in_month
),

final as (
    select
        present.account_id,
        {{ month_segments() }},
        case when months.are_issued_users_known then coalesce(user_months.issued_users, 0) end
            as issued_users,
        case
            when months.is_usage_recorded and months.are_users_known then coalesce(user_months.active_users, 0)
        end as active_users,
        case
            when months.is_usage_recorded and months.are_users_known and months.are_issued_users_known
                then coalesce(user_months.active_issued_users, 0)
        end as active_issued_users,
        case when months.is_usage_recorded and months.are_logins_known then coalesce(usage_months.logins, 0) end
            as logins,
        case when months.is_usage_recorded then coalesce(usage_months.sessions, 0) end as sessions,
        case
            when months.is_usage_recorded then coalesce(usage_months.session_seconds, cast(0 as decimal(18, 6)))
        end as session_seconds,
        case
            when months.is_usage_recorded then cast(coalesce(usage_months.session_seconds, 0) as double) / 60.0
        end as session_minutes,
        case when months.is_usage_recorded then coalesce(usage_months.active_days, 0) end as active_days,
        case
            when months.is_usage_recorded and months.are_features_known
                then coalesce(usage_months.features_used, 0)
        end as features_used,
        gauge_months.data_volume,
        gauge_months.connections,
        coalesce(
            gauge_months.integrations,
            case
                when months.is_usage_recorded and months.are_integrations_known
                    then cast(coalesce(usage_months.integrations_used, 0) as double)
            end
        ) as integrations,
        coalesce(
            gauge_months.apps_built,
            case
                when months.is_usage_recorded and months.are_apps_known
                    then cast(coalesce(usage_months.apps_used, 0) as double)
            end
        ) as apps_built,
        gauge_months.app_downloads,
        gauge_months.seats_limit,
        case when months.are_champions_known then coalesce(user_months.champions, 0) end as champions,
        case
            when months.are_champions_known and months.is_usage_recorded and months.are_users_known
                then coalesce(user_months.active_champions, 0)
        end as active_champions,
        user_months.champion_level,
        coalesce(user_months.new_users, 0) as new_users,
        case when months.are_users_known then coalesce(user_months.logged_in_users, 0) end as logged_in_users,
        coalesce(account_months.closing_mrr > 0, false) as is_customer,
        case when months.is_usage_recorded then coalesce(usage_months.active_days, 0) > 0 end as is_active,
        case
            when months.first_recorded_on <= {{ add_days('months.closes_on', -27) }}
                then coalesce(usage_months.active_weeks, 0) = 4
        end as is_active_in_every_week,
        present.month_start
    from present
    inner join months on present.month_start = months.month_start
    inner join segments on present.account_id = segments.account_id
    left join account_months
        on present.account_id = account_months.account_id and present.month_start = account_months.month_start
    left join usage_months
        on present.account_id = usage_months.account_id and present.month_start = usage_months.month_start
    left join user_months
        on present.account_id = user_months.account_id and present.month_start = user_months.month_start
    left join gauge_months
        on present.account_id = gauge_months.account_id and present.month_start = gauge_months.month_start
)

select * from final
