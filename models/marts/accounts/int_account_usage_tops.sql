-- The features that a customer uses most, in the as-of month and the one before it, and its champions.
with today as (
    select {{ month_start('as_of_date') }} as month_start from {{ ref('int_settings') }}
),

features as (
    select
        features.account_id,
        features.feature,
        row_number() over (
            partition by features.account_id order by sum(features.events) desc, features.feature asc
        ) as place
    from {{ ref('fct_account_feature_months') }} as features
    cross join today
    where
        features.month_start >= {{ add_months('today.month_start', -1) }}
        and features.month_start <= today.month_start
    group by features.account_id, features.feature
),

top_features as (
    select
        account_id,
        concat_ws(
            ', ',
            max(case when place = 1 then feature end),
            max(case when place = 2 then feature end),
            max(case when place = 3 then feature end)
        ) as top_features
    from features
    where place <= 3
    group by account_id
),

champions as (
    select
        usage_months.account_id,
        usage_months.champions
    from {{ ref('fct_account_usage_months') }} as usage_months
    inner join today on usage_months.month_start = today.month_start
)

select
    champions.account_id,
    top_features.top_features,
    champions.champions
from champions
left join top_features on champions.account_id = top_features.account_id
