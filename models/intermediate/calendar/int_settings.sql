with settings as (
    select * from {{ source('load', 'settings') }}
),

tomorrow as (
    select
        {{ to_utc('cast(' ~ add_days('today', 1) ~ ' as timestamp)', 'reporting_timezone') }} as starts_at
    from settings
),

-- Times that say that something had happened: never an end, a due date, a rate or a target.
recorded as (
    select max(occurred_at) as newest_at
    from {{ ref('stg_product_events') }}
    where occurred_at < (select tomorrow.starts_at from tomorrow)
    union all
    select max(valid_from)
    from {{ ref('stg_subscription_items') }}
    where valid_from < (select tomorrow.starts_at from tomorrow)
    union all
    select max(opened_at)
    from {{ ref('stg_support_tickets') }}
    where opened_at < (select tomorrow.starts_at from tomorrow)
    union all
    select max(responded_at)
    from {{ ref('stg_survey_responses') }}
    where responded_at < (select tomorrow.starts_at from tomorrow)
    union all
    select max(occurred_at)
    from {{ ref('stg_cs_activities') }}
    where occurred_at < (select tomorrow.starts_at from tomorrow)
    union all
    select max(cancelled_at)
    from {{ ref('stg_cancellations') }}
    where cancelled_at < (select tomorrow.starts_at from tomorrow)
    union all
    select max(created_at)
    from {{ ref('stg_opportunities') }}
    where created_at < (select tomorrow.starts_at from tomorrow)
    union all
    select max(posted_at)
    from {{ ref('stg_reviews') }}
    where posted_at < (select tomorrow.starts_at from tomorrow)
),

newest as (
    select max(newest_at) as newest_at from recorded
),

final as (
    select
        settings.run_id,
        settings.raw_dir,
        settings.reporting_currency,
        settings.reporting_timezone,
        coalesce(
            settings.configured_as_of_date,
            {{ local_date('newest.newest_at', 'settings.reporting_timezone') }}
        ) as as_of_date
    from settings
    cross join newest
)

select * from final
