with base as (
    select * from {{ ref('base_users') }}
),

final as (
    select
        user_id,
        account_id,
        created_at,
        deactivated_at,
        role,
        champion_since,
        champion_until,
        champion_level,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
