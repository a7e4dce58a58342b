with supplied_inputs as (
    select * from {{ ref('int_supplied_inputs') }}
),

final as (
    select
        has_cancellations,
        has_cs_activities,
        has_customer_goals,
        has_feature_request_reactions,
        has_opportunities,
        has_support_tickets
    from supplied_inputs
)

select * from final
