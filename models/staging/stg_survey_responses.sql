with base as (
    select * from {{ ref('base_survey_responses') }}
),

final as (
    select
        response_id,
        survey_kind,
        account_id,
        user_id,
        ticket_id,
        subject,
        score,
        responded_at,
        comment,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
