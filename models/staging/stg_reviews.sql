with base as (
    select * from {{ ref('base_reviews') }}
),

final as (
    select
        review_id,
        site,
        account_id,
        rating,
        posted_at,
        comment,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
