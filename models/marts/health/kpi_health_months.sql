{%- set sums = [
    'accounts', 'mrr', 'mrr_at_risk', 'red_renewing_90d_mrr', 'undecided_notice_90d_mrr',
    'notice_given_mrr', 'score', 'scores'
] %}

with health as (
    select * from {{ ref('fct_account_health_months') }}
),

bands as (
    select * from {{ ref('health_bands') }}
),

summed as (
    select
        month_start,
        health_band,
        {{ segment_columns() }},
        count(*) as accounts,
        sum(mrr) as mrr,
        sum(case when is_at_risk then mrr else 0 end) as mrr_at_risk,
        sum(case when is_at_risk and has_term_end_90d then mrr else 0 end) as red_renewing_90d_mrr,
        sum(case when has_undecided_notice_90d then mrr else 0 end) as undecided_notice_90d_mrr,
        sum(case when has_given_notice then mrr else 0 end) as notice_given_mrr,
        -- As decimals, which add up alike in any order.
        sum({{ double_as_decimal('score', 'decimal(18, 10)') }}) as score,
        count(score) as scores
    from health
    {{ group_by_segments(['month_start', 'health_band']) }}
),

bands_and_all as (
    select
        month_start,
        segment_dimension,
        segment_value,
        health_band,
        {{ sums | join(', ') }}
    from summed
    union all
    select
        month_start,
        segment_dimension,
        segment_value,
        'all' as health_band,
        {%- for column in sums %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from summed
    group by month_start, segment_dimension, segment_value
),

shared as (
    select
        *,
        max(case when health_band = 'all' then accounts end)
            over (partition by month_start, segment_dimension, segment_value) as all_accounts,
        max(case when health_band = 'all' then mrr end)
            over (partition by month_start, segment_dimension, segment_value) as all_mrr
    from bands_and_all
),

final as (
    select
        shared.month_start,
        shared.segment_dimension,
        shared.segment_value,
        cast(shared.health_band as string) as health_band,
        cast(bands.label_en as string) as health_band_label_en,
        cast(bands.label_ja as string) as health_band_label_ja,
        cast(shared.accounts as bigint) as accounts,
        cast(shared.all_accounts as bigint) as all_accounts,
        {{ rate('shared.accounts', 'shared.all_accounts') }} as account_share_rate,
        {%- for column in sums if column not in ['accounts', 'score', 'scores'] %}
        cast(shared.{{ column }} as decimal(18, 4)) as {{ column }},
        {%- endfor %}
        cast(shared.all_mrr as decimal(18, 4)) as all_mrr,
        {{ rate('shared.mrr', 'shared.all_mrr') }} as mrr_share_rate,
        cast(shared.score as double) as score_total,
        cast(shared.scores as bigint) as scored_accounts,
        {{ rate('shared.score', 'shared.scores') }} as average_score
    from shared
    left join bands on shared.health_band = bands.health_band
)

select * from final
