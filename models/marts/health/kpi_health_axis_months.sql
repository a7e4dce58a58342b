with health as (
    select * from {{ ref('fct_account_health_months') }}
),

scores as (
    select * from {{ ref('account_health_scores') }}
),

axes as (
    select * from {{ ref('health_axes') }}
),

axis_scores as (
    {%- for axis in health_axes() %}
    select
        account_id,
        as_of_date,
        '{{ axis }}' as axis,
        {{ axis }}_score as score
    from scores
    where {{ axis }}_score is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

account_axes as (
    select
        health.*,
        axis_scores.axis,
        axis_scores.score as axis_score
    from health
    inner join axis_scores on health.account_id = axis_scores.account_id and health.as_of_date = axis_scores.as_of_date
),

summed as (
    select
        month_start,
        axis,
        {{ segment_columns() }},
        count(*) as accounts,
        -- As decimals, which add up alike in any order.
        sum({{ double_as_decimal('axis_score', 'decimal(18, 10)') }}) as score
    from account_axes
    {{ group_by_segments(['month_start', 'axis']) }}
),

final as (
    select
        summed.month_start,
        summed.segment_dimension,
        summed.segment_value,
        cast(summed.axis as string) as axis,
        cast(axes.label_en as string) as axis_label_en,
        cast(axes.label_ja as string) as axis_label_ja,
        cast(summed.accounts as bigint) as accounts,
        {{ rate('summed.score', 'summed.accounts') }} as average_score
    from summed
    left join axes on summed.axis = axes.axis
)

select * from final
