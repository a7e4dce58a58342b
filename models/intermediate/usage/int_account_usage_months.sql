-- Usage of an account by all of its users together.
with months as (
    select * from {{ ref('int_usage_coverage_months') }}
    where is_usage_recorded
),

features as (
    select * from {{ ref('int_account_feature_months') }}
    where events > 0
),

-- The four weeks that end on the day of the close; in a month that is not over they begin in the month before.
week_days as (
    select
        month_start,
        closes_on,
        {{ each_day(add_days('closes_on', -27), 'closes_on') }} as activity_date
    from months
),

weeks as (
    select
        account_days.account_id,
        week_days.month_start,
        cast(
            count(distinct floor(
                {{ dbt.datediff('account_days.activity_date', 'week_days.closes_on', 'day') }} / 7.0
            )) as bigint
        ) as active_weeks
    from {{ ref('int_account_usage_days') }} as account_days
    inner join week_days on account_days.activity_date = week_days.activity_date
    group by account_days.account_id, week_days.month_start
),

usage_months as (
    select
        account_id,
        {{ month_start('activity_date') }} as month_start,
        count(*) as active_days,
        sum(session_count) as sessions,
        sum(session_seconds) as session_seconds,
        sum(login_count) as logins
    from {{ ref('int_account_usage_days') }}
    group by account_id, {{ month_start('activity_date') }}
),

feature_months as (
    select
        account_id,
        month_start,
        count(*) as features_used,
        {{ count_where('is_integration') }} as integrations_used,
        {{ count_where('is_app') }} as apps_used
    from features
    group by account_id, month_start
),

-- An account can be active in the four weeks but not in the month.
months_of_accounts as (
    select
        coalesce(usage_months.account_id, weeks.account_id) as account_id,
        coalesce(usage_months.month_start, weeks.month_start) as month_start,
        usage_months.active_days,
        usage_months.sessions,
        usage_months.session_seconds,
        usage_months.logins,
        weeks.active_weeks
    from usage_months
    full outer join weeks on usage_months.account_id = weeks.account_id and usage_months.month_start = weeks.month_start
),

final as (
    select
        months_of_accounts.account_id,
        months_of_accounts.month_start,
        cast(coalesce(months_of_accounts.active_days, 0) as bigint) as active_days,
        cast(coalesce(months_of_accounts.active_weeks, 0) as bigint) as active_weeks,
        cast(coalesce(months_of_accounts.sessions, 0) as bigint) as sessions,
        cast(coalesce(months_of_accounts.session_seconds, 0) as decimal(18, 6)) as session_seconds,
        cast(coalesce(months_of_accounts.logins, 0) as bigint) as logins,
        cast(coalesce(feature_months.features_used, 0) as bigint) as features_used,
        cast(coalesce(feature_months.integrations_used, 0) as bigint) as integrations_used,
        cast(coalesce(feature_months.apps_used, 0) as bigint) as apps_used
    from months_of_accounts
    left join feature_months
        on
            months_of_accounts.account_id = feature_months.account_id
            and months_of_accounts.month_start = feature_months.month_start
)

select * from final
