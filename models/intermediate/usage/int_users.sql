-- Built after int_touched_user_accounts has compared the users with what this table held before.
-- depends_on: {{ ref('int_touched_user_accounts') }}
with user_records as (
    select * from {{ ref('int_user_records') }}
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
    from user_records
)

select * from final
