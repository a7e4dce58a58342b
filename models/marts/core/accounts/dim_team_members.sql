with team_members as (
    select * from {{ ref('stg_team_members') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

final as (
    select
        team_members.member_id,
        team_members.member_name,
        coalesce(team_members.team, 'unknown') as team,
        team_members.role,
        {{ local_date('team_members.joined_at', 'settings.reporting_timezone') }} as joined_on,
        {{ local_date('team_members.left_at', 'settings.reporting_timezone') }} as left_on
    from team_members
    cross join settings
)

select * from final
