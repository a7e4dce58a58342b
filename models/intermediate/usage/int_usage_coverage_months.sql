-- Measures that the source never records are NULL, not 0: these are the measures it records, and since when.
with settings as (
    select * from {{ ref('int_settings') }}
),

recorded_days as (
    select
        min(activity_date) as first_recorded_on,
        count(case when user_count > 0 then 1 end) > 0 as are_users_known,
        count(case when login_count > 0 then 1 end) > 0 as are_logins_known
    from {{ ref('int_account_usage_days') }}
),

users as (
    select * from {{ ref('int_users') }}
),

features as (
    select * from {{ ref('int_account_feature_months') }}
),

first_days as (
    select first_recorded_on as first_day from recorded_days
    union all
    select min(issued_on) as first_day from users
    union all
    select min(measured_on) as first_day from {{ ref('stg_usage_gauges') }}
    union all
    select min(month_start) as first_day from {{ ref('int_months') }}
),

issued_users as (
    select
        count(case when is_issued then 1 end) > 0 as are_issued_users_known,
        count(champion_from) > 0 as are_champions_known
    from users
),

recorded_features as (
    select
        count(*) > 0 as are_features_known,
        count(case when is_integration then 1 end) > 0 as are_integrations_known,
        count(case when is_app then 1 end) > 0 as are_apps_known
    from features
),

first_months as (
    select {{ month_start('min(first_day)') }} as first_month from first_days
),

months as (
    select {{ each_month('first_months.first_month', month_start('settings.as_of_date')) }} as month_start
    from first_months
    cross join settings
    where first_months.first_month <= settings.as_of_date
),

final as (
    select
        months.month_start,
        least({{ month_end('months.month_start') }}, settings.as_of_date) as closes_on,
        recorded_days.first_recorded_on,
        coalesce(recorded_days.first_recorded_on <= {{ month_end('months.month_start') }}, false) as is_usage_recorded,
        recorded_days.are_users_known,
        issued_users.are_issued_users_known,
        issued_users.are_champions_known,
        recorded_features.are_features_known,
        recorded_features.are_integrations_known,
        recorded_features.are_apps_known,
        recorded_days.are_logins_known
    from months
    cross join settings
    cross join recorded_days
    cross join issued_users
    cross join recorded_features
)

select * from final
