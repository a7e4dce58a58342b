{{ config(materialized='view') }}

{#- The inputs without which a figure is NULL rather than 0. -#}
{%- set table_names = [
    'cancellations', 'cs_activities', 'customer_goals', 'feature_request_reactions', 'opportunities',
    'success_plan_tasks', 'support_tickets'
] %}

-- An input is supplied when at least one of its rows is accepted. This reads base, so that a failing test of one
-- input's staging does not stop figures that do not depend on it.
select
    {%- for table_name in table_names %}
    (
        select count(*) > 0 from {{ ref('base_' ~ table_name) }}
        where row_status = 'accepted'
    ) as has_{{ table_name }}{{ ',' if not loop.last }}
    {%- endfor %}
