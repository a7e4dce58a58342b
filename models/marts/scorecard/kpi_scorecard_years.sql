with {{ judged_periods('year', 12) }},

final as (
    select
        kpi_id,
        period_start as year_start,
        fiscal_year,
        cast(label_en as string) as label_en,
        cast(label_ja as string) as label_ja,
        segment_dimension,
        segment_value,
        cast(value as double) as value,
        cast(previous_value as double) as previous_value,
        cast(target_value as double) as target_value,
        gap_to_target,
        attainment_rate,
        cast(period_status as string) as status,
        is_complete
    from judged
)

select * from final
