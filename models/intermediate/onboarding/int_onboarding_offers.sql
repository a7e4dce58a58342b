-- Onboarding begins when it is offered, else when the account signs up, else with its first subscription.
with customers as (
    select * from {{ ref('int_customers') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

first_subscriptions as (
    select
        account_id,
        min(valid_from) as first_subscribed_at
    from {{ ref('int_subscription_periods') }}
    group by account_id
),

offered as (
    select
        customers.account_id,
        coalesce(
            accounts.onboarding_offered_at, customers.created_at, first_subscriptions.first_subscribed_at
        ) as offered_at
    from customers
    inner join accounts on customers.account_id = accounts.account_id
    left join first_subscriptions on customers.account_id = first_subscriptions.account_id
),

dated as (
    select
        offered.account_id,
        offered.offered_at,
        {{ local_date('offered.offered_at', 'settings.reporting_timezone') }} as offered_on,
        settings.as_of_date
    from offered
    cross join settings
),

final as (
    select
        account_id,
        offered_at,
        {{ month_start('offered_on') }} as month_start
    from dated
    where offered_on <= as_of_date
)

select * from final
