with leads as (
    {{ dated_rows(ref('stg_leads'), 'created_at') }}
),

activities as (
    select * from {{ ref('int_cs_activities') }}
),

known_leads as (
    select
        *,
        {{ known_day('leads', 'qualified_at') }} as qualified_on,
        {{ known_day('leads', 'opportunity_at') }} as opportunity_on,
        {{ known_day('leads', 'won_at') }} as won_on,
        {{ known_day('leads', 'handed_over_at') }} as handed_over_on
    from leads
),

segmented_leads as (
    select
        known_leads.lead_id,
        {{ customer_segments() }},
        known_leads.channel as stated_channel,
        known_leads.sales_owner_id,
        known_leads.created_at,
        case when known_leads.qualified_on is not null then known_leads.qualified_at end as qualified_at,
        case when known_leads.opportunity_on is not null then known_leads.opportunity_at end as opportunity_at,
        case when known_leads.won_on is not null then known_leads.won_at end as won_at,
        case when known_leads.handed_over_on is not null then known_leads.handed_over_at end as handed_over_at,
        known_leads.happened_on as created_on,
        known_leads.month_start
    from known_leads
    {{ join_customer_segments('known_leads') }}
),

-- The first touch of customer success is the first two-way one that the company starts after handover; a newsletter is
-- none.
first_touches as (
    select
        segmented_leads.lead_id,
        min(activities.occurred_at) as first_cs_touch_at
    from segmented_leads
    inner join activities
        on segmented_leads.account_id = activities.account_id and segmented_leads.handed_over_at <= activities.occurred_at
    where activities.initiated_by = 'company' and activities.is_two_way
    group by segmented_leads.lead_id
),

final as (
    select
        segmented_leads.lead_id,
        segmented_leads.account_id,
        {%- for column in segment_dimensions().values() %}
        segmented_leads.{{ column }},
        {%- endfor %}
        coalesce(segmented_leads.stated_channel, segmented_leads.acquisition_channel) as channel,
        segmented_leads.sales_owner_id,
        cast(
            {{ dbt.datediff('segmented_leads.handed_over_at', 'first_touches.first_cs_touch_at', 'second') }} as double
        ) / 86400 as days_to_first_cs_touch,
        segmented_leads.stated_channel is not null as is_channel_stated,
        segmented_leads.qualified_at is not null as is_qualified,
        segmented_leads.opportunity_at is not null as is_opportunity,
        segmented_leads.won_at is not null as is_won,
        segmented_leads.handed_over_at is not null as is_handed_over,
        segmented_leads.created_at,
        segmented_leads.qualified_at,
        segmented_leads.opportunity_at,
        segmented_leads.won_at,
        segmented_leads.handed_over_at,
        first_touches.first_cs_touch_at,
        segmented_leads.created_on,
        segmented_leads.month_start
    from segmented_leads
    left join first_touches on segmented_leads.lead_id = first_touches.lead_id
)

select * from final
