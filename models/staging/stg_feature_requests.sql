with base as (
    select * from {{ ref('base_feature_requests') }}
),

final as (
    select
        request_id,
        account_id,
        title,
        area,
        status,
        created_at,
        shipped_at,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
