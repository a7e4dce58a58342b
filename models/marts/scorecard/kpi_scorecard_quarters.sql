with {{ judged_periods('quarter', 3) }},

years_to_date as (
    select * from {{ ref('int_kpi_period_values') }}
    where period = 'year_to_date'
),

final as (
    select
        judged.kpi_id,
        judged.period_start as quarter_start,
        judged.fiscal_year,
        cast(concat(cast(judged.fiscal_year as string), '-Q', cast(judged.period_number as string)) as string)
            as fiscal_quarter,
        cast(judged.label_en as string) as label_en,
        cast(judged.label_ja as string) as label_ja,
        cast(judged.half_label_en as string) as half_label_en,
        cast(judged.half_label_ja as string) as half_label_ja,
        judged.segment_dimension,
        judged.segment_value,
        cast(judged.value as double) as value,
        cast(judged.previous_value as double) as previous_value,
        cast(judged.year_ago_value as double) as year_ago_value,
        cast(years_to_date.value as double) as year_to_date_value,
        cast(judged.target_value as double) as target_value,
        judged.gap_to_target,
        judged.attainment_rate,
        cast(judged.period_status as string) as status,
        judged.is_complete
    from judged
    left join years_to_date
        on
            judged.kpi_id = years_to_date.kpi_id
            and judged.segment_dimension = years_to_date.segment_dimension
            and judged.segment_value = years_to_date.segment_value
            and judged.period_start = years_to_date.period_start
)

select * from final
