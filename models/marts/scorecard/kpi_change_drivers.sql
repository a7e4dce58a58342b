with {{ compared_months() }},

totals as (
    select * from compared
    where
        segment_dimension = 'all'
        and numerator_now is not null
        and numerator_then is not null
        and denominator_now != 0
        and denominator_then != 0
),

segments as (
    select
        kpi_id,
        month_start,
        comparison,
        segment_dimension,
        segment_value,
        coalesce(numerator_now, 0) as n1,
        coalesce(numerator_then, 0) as n0,
        coalesce(denominator_now, 0) as d1,
        coalesce(denominator_then, 0) as d0
    from compared
    where segment_dimension != 'all'
),

-- Dimensions whose segments do not add up in a month, for want of data, have no rows.
whole_dimensions as (
    select
        segments.kpi_id,
        segments.month_start,
        segments.comparison,
        segments.segment_dimension
    from segments
    inner join totals
        on
            segments.kpi_id = totals.kpi_id
            and segments.month_start = totals.month_start
            and segments.comparison = totals.comparison
    group by segments.kpi_id, segments.month_start, segments.comparison, segments.segment_dimension
    having
        not {{ differs('sum(segments.n1)', 'max(totals.numerator_now)') }}
        and not {{ differs('sum(segments.n0)', 'max(totals.numerator_then)') }}
        and (
            max(case when totals.is_amount then 1 else 0 end) = 1
            or (
                not {{ differs('sum(segments.d1)', 'max(totals.denominator_now)') }}
                and not {{ differs('sum(segments.d0)', 'max(totals.denominator_then)') }}
            )
        )
),

shares as (
    select
        segments.*,
        totals.is_amount,
        totals.is_money,
        totals.numerator_now / totals.denominator_now as value_now,
        totals.numerator_then / totals.denominator_then as value_then,
        segments.d1 / totals.denominator_now as w1,
        segments.d0 / totals.denominator_then as w0,
        coalesce(segments.n1 / nullif(segments.d1, 0), segments.n0 / nullif(segments.d0, 0)) as r1,
        coalesce(segments.n0 / nullif(segments.d0, 0), segments.n1 / nullif(segments.d1, 0)) as r0,
        case when segments.d1 = 0 then segments.n1 / totals.denominator_now else 0 end
        - case when segments.d0 = 0 then segments.n0 / totals.denominator_then else 0 end as unshared
    from segments
    inner join whole_dimensions
        on
            segments.kpi_id = whole_dimensions.kpi_id
            and segments.month_start = whole_dimensions.month_start
            and segments.comparison = whole_dimensions.comparison
            and segments.segment_dimension = whole_dimensions.segment_dimension
    inner join totals
        on
            segments.kpi_id = totals.kpi_id
            and segments.month_start = totals.month_start
            and segments.comparison = totals.comparison
),

effects as (
    select
        *,
        case when not is_amount then coalesce((w0 + w1) / 2 * (r1 - r0), 0) end as rate_effect,
        case
            when not is_amount
                then coalesce((w1 - w0) * ((r0 + r1) / 2 - (value_then + value_now) / 2), 0) + unshared
        end as mix_effect
    from shares
),

final as (
    select
        kpi_id,
        month_start,
        cast(comparison as string) as comparison,
        segment_dimension,
        segment_value,
        cast(
            case
                when not is_amount then rate_effect + mix_effect
                when is_money then round(n1 - n0, 4)
                else n1 - n0
            end as double
        ) as contribution,
        cast(rate_effect as double) as rate_effect,
        cast(mix_effect as double) as mix_effect,
        cast(value_now as double) as value,
        cast(value_then as double) as compared_value,
        cast(n1 as double) as numerator,
        cast(case when not is_amount then d1 end as double) as denominator,
        cast(n0 as double) as compared_numerator,
        cast(case when not is_amount then d0 end as double) as compared_denominator
    from effects
)

select * from final
