with leads as (
    {{ dated_rows(ref('stg_leads'), 'created_at') }}
),

activities as (
    select * from {{ ref('fct_cs_activities') }}
),

known as (
    select
        *,
        {{ known_day('leads', 'qualified_at') }} as qualified_on,
        {{ known_day('leads', 'opportunity_at') }} as opportunity_on,
        {{ known_day('leads', 'won_at') }} as won_on,
        {{ known_day('leads', 'handed_over_at') }} as handed_over_on
    from leads
),

dated as (
    select
        known.lead_id,
        {{ customer_segments() }},
        known.sales_owner_id,
        known.created_at,
        case when known.qualified_on is not null then known.qualified_at end as qualified_at,
        case when known.opportunity_on is not null then known.opportunity_at end as opportunity_at,
        case when known.won_on is not null then known.won_at end as won_at,
        case when known.handed_over_on is not null then known.handed_over_at end as handed_over_at,
        known.happened_on as created_on,
        known.month_start
    from known
    {{ join_customer_segments('known') }}
),

-- The first touch of customer success is one that the company takes up with people, not a newsletter.
first_touches as (
    select
        dated.lead_id,
        min(activities.occurred_at) as first_cs_touch_at
    from dated
    inner join activities
        on dated.account_id = activities.account_id and dated.handed_over_at <= activities.occurred_at
    where activities.initiated_by = 'company' and activities.touch_kind in ('individual', 'group')
    group by dated.lead_id
),

final as (
    select
        dated.lead_id,
        dated.account_id,
        {%- for column in segment_dimensions().values() %}
        dated.{{ column }},
        {%- endfor %}
        dated.sales_owner_id,
        cast(
            {{ dbt.datediff('dated.handed_over_at', 'first_touches.first_cs_touch_at', 'second') }} as double
        ) / 86400 as days_to_first_cs_touch,
        dated.qualified_at is not null as is_qualified,
        dated.opportunity_at is not null as is_opportunity,
        dated.won_at is not null as is_won,
        dated.handed_over_at is not null as is_handed_over,
        dated.created_at,
        dated.qualified_at,
        dated.opportunity_at,
        dated.won_at,
        dated.handed_over_at,
        first_touches.first_cs_touch_at,
        dated.created_on,
        dated.month_start
    from dated
    left join first_touches on dated.lead_id = first_touches.lead_id
)

select * from final
