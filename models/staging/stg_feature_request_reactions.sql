with base as (
    select * from {{ ref('base_feature_request_reactions') }}
),

final as (
    select
        reaction_id,
        request_id,
        account_id,
        user_id,
        reaction,
        reacted_at,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
