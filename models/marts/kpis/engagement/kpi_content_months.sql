with activities as (
    select * from {{ ref('fct_cs_activities') }}
    where is_content and content_id is not null
),

-- Content that the company sends has reactions; content that a customer opens has views.
summed as (
    select
        month_start,
        content_id,
        activity_type,
        max(content_name) as content_name,
        count(*) as touches,
        {{ count_where("initiated_by = 'company'") }} as sent,
        {{ count_where("initiated_by = 'company' and is_reaction is not null") }} as sent_with_response,
        {{ count_where("initiated_by = 'company' and is_reaction") }} as reactions,
        {{ count_where("coalesce(is_view, initiated_by = 'customer')") }} as views,
        {{ count_known('is_completed') }} as completed,
        sum(duration_minutes) as minutes,
        count(distinct account_id) as accounts
    from activities
    group by month_start, content_id, activity_type
),

final as (
    select
        month_start,
        content_id,
        activity_type,
        content_name,
        sent,
        views,
        cast(minutes as double) as minutes,
        completed,
        cast(accounts as bigint) as accounts,
        reactions,
        {{ rate('reactions', 'sent_with_response') }} as reaction_rate
    from summed
)

select * from final
