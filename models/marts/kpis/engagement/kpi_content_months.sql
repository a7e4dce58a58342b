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
        summed.month_start,
        summed.content_id,
        summed.activity_type,
        activity_types.label_en as activity_type_label_en,
        activity_types.label_ja as activity_type_label_ja,
        summed.content_name,
        summed.sent,
        summed.views,
        cast(summed.minutes as double) as minutes,
        summed.completed,
        cast(summed.accounts as bigint) as accounts,
        summed.reactions,
        {{ rate('summed.reactions', 'summed.sent_with_response') }} as reaction_rate
    from summed
    left join {{ ref('activity_types') }} as activity_types on summed.activity_type = activity_types.activity_type
)

select * from final
