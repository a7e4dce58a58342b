-- How deeply an account uses the product: features, connections, users and champions.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

usage_months as (
    select * from {{ ref('fct_account_usage_months') }}
),

gauge_months as (
    select * from {{ ref('int_account_gauge_months') }}
),

feature_months as (
    select * from {{ ref('fct_account_feature_months') }}
    where events > 0
),

windows as (
    select * from {{ ref('int_month_windows') }}
    where months_ago < 3
),

first_records as (
    select * from {{ ref('int_first_records') }}
),

next_feature_months as (
    select
        account_id,
        month_start,
        lead(month_start) over (partition by account_id, feature order by month_start) as next_month
    from feature_months
),

-- A feature counts once in a window, with the last month in which it was used there.
features as (
    select
        feature_months.account_id,
        windows.month_start,
        count(*) as features
    from next_feature_months as feature_months
    inner join windows on feature_months.month_start = windows.source_month
    where coalesce(feature_months.next_month > windows.month_start, true)
    group by feature_months.account_id, windows.month_start
),

final as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        case
            when first_records.first_feature_month <= account_dates.month_start
                then cast(coalesce(features.features, 0) as double)
        end as features_used_3m,
        case
            when first_records.first_champion_on <= account_dates.as_of_date
                then cast(coalesce(usage_months.champion_level, least(usage_months.champions, 1), 0) as double)
        end as champion_level,
        case
            when first_records.first_user_on <= account_dates.as_of_date
                then cast(usage_months.issued_users as double)
        end as issued_users,
        case
            when first_records.first_user_on <= account_dates.as_of_date
                then {{ rate('usage_months.issued_users', 'gauge_months.seats_limit') }}
        end as issued_seats_rate,
        gauge_months.integrations,
        gauge_months.connections,
        gauge_months.apps_built,
        gauge_months.data_volume,
        gauge_months.measured_on as gauges_measured_on
    from account_dates
    cross join first_records
    left join usage_months
        on
            account_dates.account_id = usage_months.account_id
            and account_dates.month_start = usage_months.month_start
    left join gauge_months
        on
            account_dates.account_id = gauge_months.account_id
            and account_dates.month_start = gauge_months.month_start
    left join features
        on
            account_dates.account_id = features.account_id
            and account_dates.month_start = features.month_start
)

select * from final
