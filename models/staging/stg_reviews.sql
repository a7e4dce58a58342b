with checked as (
    select * from {{ ref('checked_reviews') }}
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
    from checked
    where row_status = 'accepted'
)

select * from final
