-- Records after the as-of date are not known yet; only contracts can be due later.
{% set times = {
    'fct_survey_responses': ['responded_on'],
    'fct_reviews': ['posted_on'],
    'fct_cancellations': ['cancelled_on'],
    'fct_feature_requests': ['created_on', 'shipped_on'],
    'fct_feature_request_reactions': ['reacted_on'],
    'fct_cs_activities': ['occurred_on'],
    'fct_customer_goals': ['set_on', 'achieved_on'],
    'fct_customer_goal_months': ['month_start'],
    'fct_contract_renewals': ['notice_given_on'],
    'fct_leads': ['created_on'],
    'fct_success_plan_tasks': ['completed_on'],
    'fct_work_item_feedback': ['given_on'],
    'fct_referrals': ['referred_on', 'converted_on'],
    'fct_support_tickets': ['opened_on', 'first_responded_on', 'resolved_on'],
    'fct_support_ticket_months': ['month_start'],
    'fct_opportunities': ['created_on', 'accepted_on', 'closed_on'],
    'fct_opportunity_months': ['month_start'],
} %}
with settings as (
    select * from {{ ref('int_settings') }}
),

dated as (
    {%- for fact, columns in times.items() %}
    {%- set is_last_fact = loop.last %}
    {%- for column in columns %}
    select
        '{{ fact }}.{{ column }}' as time_of,
        max({{ column }}) as newest_on
    from {{ ref(fact) }}
    {{ 'union all' if not (loop.last and is_last_fact) }}
    {%- endfor %}
    {%- endfor %}
)

select
    dated.*,
    settings.as_of_date
from dated
cross join settings
where dated.newest_on > settings.as_of_date
