with responses as (
    select * from {{ ref('int_survey_responses') }}
),

final as (
    select
        responses.response_id,
        {{ customer_segments() }},
        responses.user_id,
        responses.ticket_id,
        responses.survey_kind,
        responses.subject,
        responses.response_class,
        responses.comment,
        responses.score,
        responses.responded_at,
        responses.responded_on,
        responses.recorded_on,
        responses.month_start
    from responses
    {{ join_customer_segments('responses') }}
)

select * from final
