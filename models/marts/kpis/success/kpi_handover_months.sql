with leads as (
    select * from {{ ref('fct_leads') }}
),

channels as (
    select
        leads.*,
        leads.acquisition_channel as channel
    from leads
    where leads.acquisition_channel != 'all'
    union all
    select
        leads.*,
        'all' as channel
    from leads
),

summed as (
    select
        month_start,
        channel,
        count(*) as leads,
        {{ count_where('is_qualified') }} as qualified,
        {{ count_where('is_opportunity') }} as opportunities,
        {{ count_where('is_won') }} as won,
        {{ count_where('is_handed_over') }} as handed_over,
        {{ count_where('first_cs_touch_at is not null') }} as touched,
        {{ quantile('days_to_first_cs_touch', 0.5) }} as median_days_to_first_cs_touch
    from channels
    group by month_start, channel
),

final as (
    select
        month_start,
        cast(channel as string) as channel,
        cast(leads as bigint) as leads,
        qualified,
        opportunities,
        won,
        handed_over,
        touched,
        {{ rate('won', 'leads') }} as lead_win_rate,
        {{ rate('handed_over', 'won') }} as handover_rate,
        median_days_to_first_cs_touch
    from summed
)

select * from final
