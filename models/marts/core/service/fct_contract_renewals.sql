with contracts as (
    {{ dated_rows(ref('stg_contracts'), 'started_at') }}
),

renewal_stages as (
    select * from {{ ref('renewal_stages') }}
),

dated as (
    select
        contracts.contract_id,
        contracts.account_id,
        contracts.currency,
        contracts.outcome,
        contracts.mrr,
        contracts.renewed_mrr,
        contracts.auto_renews,
        contracts.renewal_stage,
        contracts.notice_due_on,
        contracts.notice_period_days,
        contracts.decision_expected_on,
        contracts.started_at,
        contracts.ends_at,
        contracts.decided_at,
        contracts.notice_given_at,
        contracts.recorded_at,
        contracts.as_of_date,
        contracts.as_of_month,
        {{ local_date('contracts.ends_at', 'contracts.reporting_timezone') }} as due_on,
        {{ local_date('contracts.decided_at', 'contracts.reporting_timezone') }} as decided_on,
        {{ known_day('contracts', 'notice_given_at') }} as notice_given_on
    from contracts
),

-- A decision without a date is known once the contract is due.
known as (
    select
        *,
        {{ month_start('due_on') }} as month_start,
        least({{ month_start('due_on') }}, as_of_month) as segment_month,
        least({{ month_end('due_on') }}, as_of_date) as valued_on,
        outcome != 'open' and coalesce(decided_on, due_on) <= as_of_date as is_decided
    from dated
),

-- Contracts due later take today's segments and exchange rate.
final as (
    select
        known.contract_id,
        {{ customer_segments() }},
        known.currency,
        case when known.is_decided then known.outcome else 'open' end as outcome,
        cast(known.mrr as decimal(18, 4)) as mrr_local,
        case
            when known.is_decided and known.outcome = 'renewed'
                then cast(coalesce(known.renewed_mrr, known.mrr) as decimal(18, 4))
        end as renewed_mrr_local,
        {{ converted('known.mrr', 'fx_rates.rate_to_reporting') }} as mrr,
        case
            when known.is_decided and known.outcome = 'renewed'
                then {{ converted('coalesce(known.renewed_mrr, known.mrr)', 'fx_rates.rate_to_reporting') }}
        end as renewed_mrr,
        {{ months_between('known.as_of_month', 'known.month_start') }} as months_until_due,
        known.auto_renews,
        known.renewal_stage,
        renewal_stages.label_en as renewal_stage_label_en,
        renewal_stages.label_ja as renewal_stage_label_ja,
        renewal_stages.stage_order as renewal_stage_order,
        known.started_at,
        known.ends_at,
        case when known.is_decided then known.decided_at end as decided_at,
        case when known.notice_given_on is not null then known.notice_given_at end as notice_given_at,
        known.recorded_at,
        known.due_on,
        coalesce(known.notice_due_on, {{ add_days('known.due_on', '-known.notice_period_days') }}) as notice_due_on,
        known.notice_given_on,
        known.decision_expected_on,
        known.month_start
    from known
    left join renewal_stages on coalesce(known.renewal_stage, 'unknown') = renewal_stages.renewal_stage
    {{ join_fx_rates('known', 'valued_on') }}
    {{ join_customer_segments('known', month='segment_month') }}
)

select * from final
