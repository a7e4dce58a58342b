with scores as (
    select * from {{ ref('account_health_scores') }}
),

account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

account_months as (
    select * from {{ ref('fct_account_months') }}
),

bands as (
    select * from {{ ref('health_bands') }}
),

commitments as (
    select * from {{ ref('int_account_commitment_measures') }}
),

final as (
    select
        scores.account_id,
        {%- for column in segment_dimensions().values() %}
        account_months.{{ column }},
        {%- endfor %}
        scores.health_band,
        scores.score,
        scores.coverage,
        account_months.closing_mrr as mrr,
        coalesce(bands.min_score = 0, false) as is_at_risk,
        coalesce(commitments.days_to_term_end <= {{ var('renewal_soon_days') }}, false) as has_term_end_90d,
        coalesce(commitments.days_to_undecided_notice <= {{ var('renewal_soon_days') }}, false) as has_undecided_notice_90d,
        coalesce(commitments.notice_given = 1, false) as has_given_notice,
        scores.as_of_date,
        account_dates.month_start
    from scores
    inner join account_dates
        on scores.account_id = account_dates.account_id and scores.as_of_date = account_dates.as_of_date
    inner join account_months
        on
            account_dates.account_id = account_months.account_id
            and account_dates.month_start = account_months.month_start
    left join bands on scores.health_band = bands.health_band
    left join commitments
        on scores.account_id = commitments.account_id and scores.as_of_date = commitments.as_of_date
)

select * from final
