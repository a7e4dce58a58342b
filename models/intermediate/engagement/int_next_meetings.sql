{{ config(materialized='view') }}

-- The next planned meeting of each customer. Activities after the as-of date are plans: they count nowhere else.
with activities as (
    select * from {{ ref('stg_cs_activities') }}
),

activity_types as (
    select * from {{ ref('activity_types') }}
    where is_two_way and not is_community
),

accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

settings as (
    select * from {{ ref('int_settings') }}
)

select
    accounts.customer_account_id as account_id,
    min(activities.occurred_at) as next_meeting_at
from activities
cross join settings
inner join activity_types on activities.activity_type = activity_types.activity_type
inner join accounts on activities.account_id = accounts.account_id
where {{ local_date('activities.occurred_at', 'settings.reporting_timezone') }} > settings.as_of_date
group by accounts.customer_account_id
