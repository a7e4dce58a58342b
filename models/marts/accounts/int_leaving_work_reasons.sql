-- Customers who leave, and payments past due.
with today as (
    select as_of_date from {{ ref('int_settings') }}
),

states as (
    select states.*
    from {{ ref('int_account_states') }} as states
    inner join today on states.as_of_date = today.as_of_date
),

earlier_states as (
    select
        account_id,
        max(case when not is_leaving then as_of_date end) as stayed_on,
        min(as_of_date) as scored_from
    from {{ ref('int_account_states') }}
    group by account_id
),

all_notices as (
    select
        account_id,
        notice_given_on as noticed_on
    from {{ ref('fct_contract_renewals') }}
    union all
    select
        account_id,
        cancelled_on as noticed_on
    from {{ ref('fct_cancellations') }}
),

notices as (
    select
        account_id,
        max(noticed_on) as noticed_on
    from all_notices
    group by account_id
),

scheduled_churns as (
    select * from {{ ref('int_scheduled_churns') }}
),

-- Without a day of notice, it arose when the account was first seen to leave.
leaving as (
    select
        states.account_id,
        coalesce(
            case when notices.noticed_on > earlier_states.stayed_on or earlier_states.stayed_on is null then notices.noticed_on end,
            case
                when earlier_states.stayed_on is null then earlier_states.scored_from
                else {{ add_days('earlier_states.stayed_on', 1) }}
            end
        ) as arose_on,
        coalesce(
            scheduled_churns.scheduled_churn_on,
            {{ add_days('states.as_of_date', 'cast(states.days_to_term_end as integer)') }}
        ) as ends_on,
        states.as_of_date
    from states
    inner join earlier_states on states.account_id = earlier_states.account_id
    left join notices on states.account_id = notices.account_id
    left join scheduled_churns on states.account_id = scheduled_churns.account_id
    where states.is_leaving
),

past_due as (
    select
        periods.account_id,
        min(periods.started_on) as arose_on
    from {{ ref('fct_subscription_periods') }} as periods
    cross join today
    where
        periods.status = 'past_due'
        and periods.started_on <= today.as_of_date
        and (periods.ended_on > today.as_of_date or periods.ended_on is null)
    group by periods.account_id
)

select
    account_id,
    'notice_given' as reason,
    arose_on,
    ends_on as deadline_on,
    cast(arose_on as string) as value_1,
    cast({{ dbt.datediff('as_of_date', 'ends_on', 'day') }} as string) as value_2
from leaving
union all
select
    states.account_id,
    'past_due' as reason,
    past_due.arose_on,
    cast(null as date) as deadline_on,
    cast(past_due.arose_on as string) as value_1,
    cast(cast(round(100 * states.past_due_share) as bigint) as string) as value_2
from states
inner join past_due on states.account_id = past_due.account_id
where states.past_due_share > 0
