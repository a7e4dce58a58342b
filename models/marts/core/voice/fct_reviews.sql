with reviews as (
    {{ dated_rows(ref('stg_reviews'), 'posted_at') }}
),

final as (
    select
        reviews.review_id,
        {{ customer_segments() }},
        reviews.site,
        reviews.comment,
        reviews.rating,
        reviews.posted_at,
        reviews.happened_on as posted_on,
        {{ recorded_day('reviews') }} as recorded_on,
        reviews.month_start
    from reviews
    {{ join_customer_segments('reviews') }}
)

select * from final
