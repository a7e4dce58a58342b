with figures as (
    {{ support_figures_by('channel') }}
),

channels as (
    select * from {{ ref('support_channels') }}
),

final as (
    select
        figures.month_start,
        figures.channel,
        coalesce(channels.label_en, figures.channel) as channel_label_en,
        coalesce(channels.label_ja, figures.channel) as channel_label_ja,
        figures.tickets_opened,
        figures.tickets_resolved,
        figures.complaints,
        figures.median_first_response_minutes,
        figures.median_resolution_hours,
        figures.csat_responses,
        figures.csat_rate
    from figures
    left join channels on figures.channel = channels.channel
)

select * from final
