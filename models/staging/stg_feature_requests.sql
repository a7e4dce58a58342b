with checked as (
    select * from {{ ref('checked_feature_requests') }}
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
    from checked
    where row_status = 'accepted'
)

select * from final
