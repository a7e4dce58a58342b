with accounts as (
    select * from {{ ref('stg_accounts') }}
),

resolved as (
    select * from {{ ref('int_accounts_resolved') }}
),

team_members as (
    select * from {{ ref('stg_team_members') }}
),

final as (
    select
        accounts.account_id,
        accounts.account_name,
        accounts.created_at,
        {%- for column in segment_dimensions('account').values() if column != 'cs_team' %}
        accounts.{{ column }},
        {%- endfor %}
        team_members.team as cs_team,
        accounts.parent_account_id
    from accounts
    inner join resolved
        on
            accounts.account_id = resolved.account_id
            and accounts.account_id = resolved.customer_account_id
    left join team_members on accounts.csm_id = team_members.member_id
)

select * from final
