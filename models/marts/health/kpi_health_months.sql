with health as (
    select * from {{ ref('fct_account_health_months') }}
),

summed as (
    select
        month_start,
        health_band,
        {{ segment_columns() }},
        count(*) as accounts,
        cast(sum(mrr) as decimal(18, 4)) as mrr,
        cast(sum(case when is_at_risk then mrr else 0 end) as decimal(18, 4)) as mrr_at_risk,
        cast(sum(case when is_at_risk and has_renewal_90d then mrr else 0 end) as decimal(18, 4))
            as mrr_at_risk_renewing_90d,
        cast(sum(case when is_at_risk and has_term_end_90d then mrr else 0 end) as decimal(18, 4))
            as red_renewing_90d_mrr,
        cast(sum(case when has_undecided_notice_90d then mrr else 0 end) as decimal(18, 4))
            as undecided_notice_90d_mrr,
        cast(sum(case when has_given_notice then mrr else 0 end) as decimal(18, 4)) as notice_given_mrr,
        sum(score) as score,
        count(score) as scores
    from health
    {{ group_by_segments(['month_start', 'health_band']) }}
),

final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        health_band,
        cast(accounts as bigint) as accounts,
        {{ rate('accounts', 'sum(accounts) over (partition by month_start, segment_dimension, segment_value)') }}
            as account_share_rate,
        mrr,
        mrr_at_risk,
        mrr_at_risk_renewing_90d,
        red_renewing_90d_mrr,
        undecided_notice_90d_mrr,
        notice_given_mrr,
        {{ rate('mrr', 'sum(mrr) over (partition by month_start, segment_dimension, segment_value)') }}
            as mrr_share_rate,
        {{ rate('score', 'scores') }} as average_score
    from summed
)

select * from final
