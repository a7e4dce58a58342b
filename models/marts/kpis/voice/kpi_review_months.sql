with reviews as (
    select * from {{ ref('fct_reviews') }}
),

summed as (
    select
        month_start,
        site,
        count(*) as reviews,
        count(rating) as rated_reviews,
        sum(rating) as rating,
        {{ count_where('rating >= ' ~ var('review_positive_from')) }} as positive_reviews,
        {{ count_where('rating <= ' ~ var('review_negative_to')) }} as negative_reviews
    from reviews
    group by month_start, site
),

final as (
    select
        month_start,
        site,
        cast(reviews as bigint) as reviews,
        positive_reviews,
        negative_reviews,
        {{ rate('rating', 'rated_reviews') }} as average_rating
    from summed
)

select * from final
