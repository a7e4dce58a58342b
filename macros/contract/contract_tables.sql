{#- The tables of the input contract, written by `make contracts`: dbt must know what a model
    reads before it can read the contract. -#}
{% macro contract_tables() %}
    {{ return([
        'account_assignments',
        'account_links',
        'accounts',
        'acquisition_costs',
        'campaigns',
        'cancellations',
        'contracts',
        'cs_activities',
        'customer_goals',
        'feature_request_reactions',
        'feature_requests',
        'fx_rates',
        'kpi_targets',
        'leads',
        'opportunities',
        'plans',
        'product_events',
        'reviews',
        'subscription_items',
        'success_plan_tasks',
        'support_tickets',
        'survey_responses',
        'team_members',
        'usage_gauges',
        'users',
        'work_item_feedback',
    ]) }}
{% endmacro %}
