{{ config(materialized='view') }}

with users as (
    select * from {{ ref('int_users') }}
),

final as (
    select
        user_id,
        account_id,
        role,
        champion_level,
        is_issued,
        issued_on,
        deactivated_on,
        champion_from,
        champion_to,
        created_at,
        first_event_at,
        first_login_at
    from users
)

select * from final
