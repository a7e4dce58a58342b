-- Over the segments of a dimension contributions sum to the change: of money exactly, of ratios to 1e-12. Values are those
-- of the scorecard, where money is rounded to four decimals.
with kpis as (
    select * from {{ ref('dim_kpis') }}
),

drivers as (
    select
        drivers.kpi_id,
        drivers.month_start,
        drivers.comparison,
        drivers.segment_dimension,
        drivers.value,
        drivers.compared_value,
        kpis.unit,
        kpis.unit = 'currency' and kpis.denominator_column is null as is_money,
        sum(drivers.contribution) as contribution,
        sum(cast(drivers.contribution as decimal(28, 4))) as money,
        sum(drivers.rate_effect) + sum(drivers.mix_effect) as effects
    from {{ ref('kpi_change_drivers') }} as drivers
    inner join kpis on drivers.kpi_id = kpis.kpi_id
    group by
        drivers.kpi_id, drivers.month_start, drivers.comparison, drivers.segment_dimension, drivers.value,
        drivers.compared_value, kpis.unit, kpis.denominator_column
),

scorecard as (
    select * from {{ ref('int_kpi_month_values') }}
    where segment_dimension = 'all'
),

compared as (
    select
        drivers.*,
        scorecard.value as scorecard_value,
        case drivers.comparison when 'month' then scorecard.previous_value else scorecard.year_ago_value end
            as compared_scorecard_value
    from drivers
    left join scorecard
        on drivers.kpi_id = scorecard.kpi_id and drivers.month_start = scorecard.month_start
)

select *
from compared
where
    (is_money and money != cast(value as decimal(28, 4)) - cast(compared_value as decimal(28, 4)))
    or (
        not is_money
        and abs(contribution - (value - compared_value)) > 1e-12 * greatest(1, abs(value), abs(compared_value))
    )
    or abs(effects - (value - compared_value)) > 1e-12 * greatest(1, abs(value), abs(compared_value))
    {%- for shown, expected in [('value', 'scorecard_value'), ('compared_value', 'compared_scorecard_value')] %}
    or (
        {{ differs(shown, expected) }}
        and coalesce(unit != 'currency' or abs({{ shown }} - {{ expected }}) > 0.0001, true)
    )
    {%- endfor %}
