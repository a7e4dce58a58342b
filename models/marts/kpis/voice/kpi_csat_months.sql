with responses as (
    select * from {{ ref('fct_survey_responses') }}
    where survey_kind = 'csat'
),

subjects as (
    select
        responses.*,
        responses.subject as asked_about
    from responses
    where responses.subject != 'all'
    union all
    select
        responses.*,
        'all' as asked_about
    from responses
),

summed as (
    select
        month_start,
        asked_about,
        {{ segment_columns() }},
        count(*) as responses,
        {{ count_where("response_class = 'satisfied'") }} as satisfied,
        {{ count_where("response_class = 'dissatisfied'") }} as dissatisfied,
        sum(score) as score
    from subjects
    {{ group_by_segments(['month_start', 'asked_about']) }}
),

final as (
    select
        month_start,
        asked_about as subject,
        segment_dimension,
        segment_value,
        cast(responses as bigint) as responses,
        satisfied,
        dissatisfied,
        cast(score as double) as total_score,
        {{ rate('satisfied', 'responses') }} as csat_rate,
        {{ rate('score', 'responses') }} as average_score
    from summed
)

select * from final
