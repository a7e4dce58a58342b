with base as (
    select * from {{ ref('base_team_members') }}
),

final as (
    select
        member_id,
        member_name,
        team,
        role,
        joined_at,
        left_at,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
