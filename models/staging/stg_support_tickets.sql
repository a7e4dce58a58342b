with base as (
    select * from {{ ref('base_support_tickets') }}
),

final as (
    select
        ticket_id,
        account_id,
        user_id,
        agent_id,
        channel,
        category,
        priority,
        opened_at,
        first_responded_at,
        resolved_at,
        is_escalated,
        replies,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
