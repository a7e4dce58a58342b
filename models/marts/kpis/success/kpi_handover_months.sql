with leads as (
    select * from {{ ref('fct_leads') }}
),

-- The channel of an account is known only once the lead is won, so a rate by channel counts leads that state theirs.
channels as (
    select
        leads.*,
        leads.channel as lead_channel,
        leads.is_channel_stated as is_rated
    from leads
    where leads.channel != 'all'
    union all
    select
        leads.*,
        'all' as lead_channel,
        true as is_rated
    from leads
),

summed as (
    select
        month_start,
        lead_channel,
        count(*) as leads,
        {{ count_where('is_rated') }} as rated_leads,
        {{ count_where('is_rated and is_won') }} as rated_won,
        {{ count_where('is_qualified') }} as qualified,
        {{ count_where('is_opportunity') }} as opportunities,
        {{ count_where('is_won') }} as won,
        {{ count_where('is_handed_over') }} as handed_over,
        {{ count_where('first_cs_touch_at is not null') }} as touched,
        {{ quantile('days_to_first_cs_touch', 0.5) }} as median_days_to_first_cs_touch
    from channels
    group by month_start, lead_channel
),

final as (
    select
        month_start,
        cast(lead_channel as string) as channel,
        cast(leads as bigint) as leads,
        qualified,
        opportunities,
        won,
        handed_over,
        touched,
        {{ rate('rated_won', 'rated_leads') }} as lead_win_rate,
        {{ rate('handed_over', 'won') }} as handover_rate,
        median_days_to_first_cs_touch
    from summed
)

select * from final
