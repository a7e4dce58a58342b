{%- set first_days = {
    'usage': 'first_usage_on',
    'user_usage': 'case when first_user_on is not null and first_user_usage_on is not null then greatest(first_user_usage_on, first_user_on) end',
    'onboarding': 'first_step_on',
    'seats_limit': 'first_seats_limit_month',
    'feature': 'first_feature_month',
    'champion': 'first_champion_on',
    'user': 'first_user_on',
    'integrations': 'first_integrations_month',
    'connections': 'first_connections_month',
    'apps_built': 'first_apps_built_month',
    'data_volume': 'first_data_volume_month',
    'trainings': 'first_trainings_on',
    'events': 'first_events_on',
    'content_views': 'first_content_views_on',
    'community_actions': 'first_community_actions_on',
    'touches': 'first_touches_on',
    'messages': 'first_messages_on',
    'nps': 'first_nps_on',
    'csat': 'first_csat_on',
    'review': 'first_review_on',
    'ticket': 'first_ticket_on',
    'past_due': 'first_past_due_on',
    'notice': 'least(first_cancellation_on, first_contract_on)',
    'opportunity': 'first_opportunity_on',
    'goal': 'first_goal_on'
} -%}
-- Which inputs of the health score the company had recorded by each close. A measure whose input it never recorded says
-- nothing about a customer.
with months as (
    select * from {{ ref('int_months') }}
),

first_records as (
    select * from {{ ref('int_first_records') }}
),

final as (
    select
        months.closes_on as as_of_date,
        {%- for input, first_day in first_days.items() %}
        coalesce({{ first_day }} <= months.closes_on, false) as is_{{ input }}_recorded{{ ',' if not loop.last }}
        {%- endfor %}
    from months
    cross join first_records
)

select * from final
