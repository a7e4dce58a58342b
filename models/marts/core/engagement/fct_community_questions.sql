-- Questions in the community and their first answers. Question and answers of a thread share a content_id.
with activities as (
    select * from {{ ref('fct_cs_activities') }}
),

questions as (
    select * from activities
    where community_role = 'question'
),

answers as (
    select * from activities
    where community_role = 'answer'
),

-- Answers by the company or by the asker's account are not peer answers.
first_answers as (
    select
        questions.activity_id,
        min(answers.occurred_at) as first_answered_at,
        min(
            case
                when answers.initiated_by = 'customer' and answers.account_id != questions.account_id
                    then answers.occurred_at
            end
        ) as first_peer_answer_at
    from questions
    inner join answers
        on questions.content_id = answers.content_id and questions.occurred_at <= answers.occurred_at
    group by questions.activity_id
),

final as (
    select
        questions.activity_id,
        questions.account_id,
        {%- for column in segment_dimensions().values() %}
        questions.{{ 'account_csm_id as csm_id' if column == 'csm_id' else column }},
        {%- endfor %}
        questions.user_id,
        questions.content_id,
        first_answers.first_answered_at is not null as is_answered,
        first_answers.first_peer_answer_at is not null as is_answered_by_peer,
        questions.occurred_at as asked_at,
        first_answers.first_answered_at,
        first_answers.first_peer_answer_at,
        questions.month_start
    from questions
    left join first_answers on questions.activity_id = first_answers.activity_id
)

select * from final
