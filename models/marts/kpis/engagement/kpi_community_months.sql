with activities as (
    select
        {%- for column in segment_dimensions().values() %}
        {{ 'account_csm_id' if column == 'csm_id' else column }} as {{ column }},
        {%- endfor %}
        account_id,
        user_id,
        community_role,
        month_start
    from {{ ref('fct_cs_activities') }}
    where is_community
),

questions as (
    select * from {{ ref('fct_community_questions') }}
),

-- Without threads the question of an answer is not known.
known_columns as (
    select
        (select count(user_id) > 0 from activities) as are_users_known,
        (select count(content_id) > 0 from questions) as are_threads_known
),

activity_counts as (
    select
        month_start,
        {{ segment_columns() }},
        count(distinct user_id) as active_members,
        count(distinct account_id) as active_accounts,
        {{ count_where("community_role = 'post'") }} as posts,
        {{ count_where("community_role = 'question'") }} as questions,
        {{ count_where("community_role = 'answer'") }} as answers
    from activities
    {{ group_by_segments(['month_start']) }}
),

question_counts as (
    select
        month_start,
        {{ segment_columns() }},
        {{ count_where('is_answered') }} as questions_answered,
        {{ count_where('is_answered_by_peer') }} as questions_answered_by_peers
    from questions
    {{ group_by_segments(['month_start']) }}
),

final as (
    select
        activity_counts.month_start,
        activity_counts.segment_dimension,
        activity_counts.segment_value,
        case when known_columns.are_users_known then cast(activity_counts.active_members as bigint) end as active_members,
        cast(activity_counts.active_accounts as bigint) as active_accounts,
        activity_counts.posts,
        activity_counts.questions,
        activity_counts.answers,
        case when known_columns.are_threads_known then coalesce(question_counts.questions_answered, 0) end as questions_answered,
        case when known_columns.are_threads_known then coalesce(question_counts.questions_answered_by_peers, 0) end
            as questions_answered_by_peers,
        case when known_columns.are_threads_known then {{ rate('question_counts.questions_answered_by_peers', 'activity_counts.questions') }} end
            as peer_solve_rate
    from activity_counts
    cross join known_columns
    left join question_counts
        on
            activity_counts.month_start = question_counts.month_start
            and activity_counts.segment_dimension = question_counts.segment_dimension
            and activity_counts.segment_value = question_counts.segment_value
)

select * from final
