with reactions as (
    {{ dated_rows(ref('stg_feature_request_reactions'), 'reacted_at') }}
),

final as (
    select
        reactions.reaction_id,
        {{ customer_segments() }},
        reactions.request_id,
        reactions.user_id,
        reactions.reaction,
        reactions.reacted_at,
        reactions.happened_on as reacted_on,
        reactions.month_start
    from reactions
    {{ join_customer_segments('reactions') }}
)

select * from final
