{{ config(materialized='view') }}

with feature_months as (
    select * from {{ ref('int_account_feature_months') }}
),

segments as (
    select * from {{ ref('int_customer_segments') }}
),

account_months as (
    select * from {{ ref('int_account_months') }}
    where opening_mrr > 0 or closing_mrr > 0
),

coverage as (
    select * from {{ ref('int_usage_coverage_months') }}
),

final as (
    select
        feature_months.account_id,
        feature_months.feature,
        {{ month_segments() }},
        case when coverage.are_users_known then feature_months.users end as users,
        feature_months.events,
        coalesce(account_months.closing_mrr > 0, false) as is_customer,
        feature_months.month_start
    from feature_months
    inner join coverage on feature_months.month_start = coverage.month_start
    inner join segments on feature_months.account_id = segments.account_id
    left join account_months
        on
            feature_months.account_id = account_months.account_id
            and feature_months.month_start = account_months.month_start
)

select * from final
