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

-- Without threads nobody can tell which question an answer is for.
brought as (
    select
        (select count(user_id) > 0 from activities) as has_users,
        (select count(content_id) > 0 from questions) as has_threads
),

active as (
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

asked as (
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
        active.month_start,
        active.segment_dimension,
        active.segment_value,
        case when brought.has_users then cast(active.active_members as bigint) end as active_members,
        cast(active.active_accounts as bigint) as active_accounts,
        active.posts,
        active.questions,
        active.answers,
        case when brought.has_threads then coalesce(asked.questions_answered, 0) end as questions_answered,
        case when brought.has_threads then coalesce(asked.questions_answered_by_peers, 0) end
            as questions_answered_by_peers,
        case when brought.has_threads then {{ rate('asked.questions_answered_by_peers', 'active.questions') }} end
            as peer_solve_rate
    from active
    cross join brought
    left join asked
        on
            active.month_start = asked.month_start
            and active.segment_dimension = asked.segment_dimension
            and active.segment_value = asked.segment_value
)

select * from final
