-- Counted from staging: every event of a customer account is on a day of its account.
-- depends_on: {{ ref('int_touched_days') }}, {{ ref('int_touched_accounts') }}
with customer_events as (
    select
        resolved.customer_account_id as account_id,
        {{ local_date('events.occurred_at', 'settings.reporting_timezone') }} as activity_date,
        settings.as_of_date,
        events.occurred_at,
        events.event_count
    from {{ ref('stg_product_events') }} as events
    inner join {{ ref('int_accounts_resolved') }} as resolved on events.account_id = resolved.account_id
    cross join {{ ref('int_settings') }} as settings
),

events as (
    select
        account_id,
        sum(event_count) as event_count
    from customer_events
    where
        activity_date <= as_of_date
        {%- if checks_touched_rows() %}
        and {{ is_near_touched_day('occurred_at') }}
        and {{ is_touched_day('account_id', 'activity_date') }}
        {%- endif %}
    group by account_id
),

user_days as (
    select
        account_id,
        sum(event_count) as event_count
    from {{ ref('fct_user_days') }}
    {%- if checks_touched_rows() %}
    where {{ is_touched_day('account_id', 'activity_date') }}
    {%- endif %}
    group by account_id
)

select
    coalesce(events.account_id, user_days.account_id) as account_id,
    events.event_count as events_of_staging,
    user_days.event_count as events_of_user_days
from events
full outer join user_days on events.account_id = user_days.account_id
where coalesce(events.event_count, 0) != coalesce(user_days.event_count, 0)
