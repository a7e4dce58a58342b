-- The first day of each kind of record, of any account. Before this day, no rows means no data.
with activities as (
    select
        {%- for measure in ['trainings', 'events', 'content_views', 'community_actions', 'touches'] %}
        min(case when health_measure = '{{ measure }}' then occurred_on end) as first_{{ measure }}_on{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_cs_activities') }}
),

users as (
    select
        min(issued_on) as first_user_on,
        min(champion_from) as first_champion_on
    from {{ ref('dim_users') }}
),

features as (
    select min(month_start) as first_feature_month from {{ ref('fct_account_feature_months') }}
),

tickets as (
    select min(opened_on) as first_ticket_on from {{ ref('fct_support_tickets') }}
),

cancellations as (
    select min(cancelled_on) as first_cancellation_on from {{ ref('fct_cancellations') }}
),

opportunities as (
    select min(created_on) as first_opportunity_on from {{ ref('fct_opportunities') }}
),

final as (
    select
        activities.*,
        users.*,
        features.*,
        tickets.*,
        cancellations.*,
        opportunities.*
    from activities
    cross join users
    cross join features
    cross join tickets
    cross join cancellations
    cross join opportunities
)

select * from final
