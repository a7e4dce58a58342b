with responses as (
    {{ dated_rows(ref('stg_survey_responses'), 'responded_at') }}
),

final as (
    select
        responses.response_id,
        {{ customer_segments() }},
        responses.user_id,
        responses.ticket_id,
        responses.survey_kind,
        responses.subject,
        -- 0 to 6 and 9 to 10 are what makes it an NPS; for CSAT every company has its own line.
        case
            when responses.survey_kind = 'nps' and responses.score >= 9 then 'promoter'
            when responses.survey_kind = 'nps' and responses.score <= 6 then 'detractor'
            when responses.survey_kind = 'nps' then 'passive'
            when responses.score >= {{ var('csat_satisfied_from') }} then 'satisfied'
            when responses.score <= {{ var('csat_dissatisfied_to') }} then 'dissatisfied'
            else 'neutral'
        end as response_class,
        responses.comment,
        responses.score,
        responses.responded_at,
        responses.happened_on as responded_on,
        responses.month_start
    from responses
    {{ join_customer_segments('responses') }}
)

select * from final
