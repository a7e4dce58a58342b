with checked as (
    select * from {{ ref('checked_team_members') }}
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
    from checked
    where row_status = 'accepted'
)

select * from final
