-- What is open, due and last recorded of each customer on the as-of date. A table not supplied is NULL, not 0.
with customers as (
    select * from {{ ref('dim_accounts') }}
    where is_customer
),

today as (
    select
        as_of_date,
        {{ add_days('as_of_date', '-' ~ var('community_touch_days')) }} as community_since
    from {{ ref('int_settings') }}
),

tickets as (
    select
        account_id,
        {{ count_where('resolved_on is null') }} as open_tickets
    from {{ ref('fct_support_tickets') }}
    group by account_id
),

opportunities as (
    select
        account_id,
        cast(sum(case when outcome = 'open' then mrr else 0 end) as decimal(18, 4)) as open_opportunity_mrr
    from {{ ref('fct_opportunities') }}
    group by account_id
),

goals as (
    select
        goals.account_id,
        {{ count_where('not goals.is_achieved') }} as open_goals,
        {{ rate(
            count_where('goals.due_on <= today.as_of_date and goals.is_achieved_in_time'),
            count_where('goals.due_on <= today.as_of_date')
        ) }} as goal_achievement_rate
    from {{ ref('fct_customer_goals') }} as goals
    cross join today
    group by goals.account_id
),

activities as (
    select
        activities.account_id,
        max(activities.occurred_on) as last_touched_on,
        {{ count_where('activities.is_community and activities.occurred_on > today.community_since') }} as community_touches
    from {{ ref('fct_cs_activities') }} as activities
    cross join today
    group by activities.account_id
),

usage as (
    select
        account_id,
        max(last_event_at) as last_active_at
    from {{ ref('fct_user_days') }}
    group by account_id
),

-- The renewal date is that of the next open contract; overdue contracts are excluded.
contracts as (
    select
        contracts.account_id,
        contracts.mrr,
        contracts.renewal_stage,
        contracts.due_on,
        contracts.notice_due_on,
        row_number() over (partition by contracts.account_id order by contracts.due_on, contracts.contract_id) as place
    from {{ ref('fct_contract_renewals') }} as contracts
    cross join today
    where contracts.outcome = 'open' and contracts.due_on >= today.as_of_date
),

answers as (
    select
        account_id,
        score,
        responded_on,
        row_number() over (partition by account_id order by responded_at desc, response_id desc) as place
    from {{ ref('fct_survey_responses') }}
    where survey_kind = 'nps'
),

supplied_inputs as (
    select * from {{ ref('int_supplied_inputs') }}
),

final as (
    select
        customers.account_id,
        case
            when supplied_inputs.has_opportunities
                then coalesce(opportunities.open_opportunity_mrr, cast(0 as decimal(18, 4)))
        end as open_opportunity_mrr,
        contracts.renewal_stage,
        contracts.mrr as renewal_mrr,
        cast(answers.score as double) as latest_nps,
        case when supplied_inputs.has_support_tickets then coalesce(tickets.open_tickets, 0) end as open_tickets,
        case when supplied_inputs.has_customer_goals then coalesce(goals.open_goals, 0) end as open_goals,
        goals.goal_achievement_rate,
        case when supplied_inputs.has_cs_activities then coalesce(activities.community_touches > 0, false) end
            as is_community_touch,
        contracts.due_on as renewal_date,
        contracts.notice_due_on,
        answers.responded_on as latest_nps_on,
        activities.last_touched_on,
        usage.last_active_at
    from customers
    cross join supplied_inputs
    left join tickets on customers.account_id = tickets.account_id
    left join opportunities on customers.account_id = opportunities.account_id
    left join goals on customers.account_id = goals.account_id
    left join activities on customers.account_id = activities.account_id
    left join usage on customers.account_id = usage.account_id
    left join contracts on customers.account_id = contracts.account_id and contracts.place = 1
    left join answers on customers.account_id = answers.account_id and answers.place = 1
)

select * from final
