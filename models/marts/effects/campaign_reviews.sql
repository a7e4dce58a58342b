-- The register of hypotheses: each campaign against what was expected of it, on the outcome of its own KPI.
with campaigns as (
    select * from {{ ref('dim_campaigns') }}
),

kpi_outcomes as (
    select * from {{ ref('campaign_kpi_outcomes') }}
),

outcomes as (
    select * from {{ ref('campaign_outcomes') }}
),

effects as (
    select * from {{ ref('kpi_campaign_effects') }}
),

-- Turned so that above 0 is what was expected.
measured_campaigns as (
    select
        campaigns.*,
        kpi_outcomes.outcome,
        campaigns.expected_change * kpi_outcomes.outcome_per_kpi as expected_difference,
        sign(campaigns.expected_change * kpi_outcomes.outcome_per_kpi) as expected_sign,
        effects.treated_accounts,
        effects.control_accounts,
        effects.too_few,
        effects.difference,
        effects.ci_low,
        effects.ci_high
    from campaigns
    left join kpi_outcomes on campaigns.kpi_id = kpi_outcomes.kpi_id
    left join effects
        on campaigns.campaign_id = effects.campaign_id and kpi_outcomes.outcome = effects.outcome
),

judged as (
    select
        *,
        case
            when coalesce(expected_sign, 0) = 0 then 'no_expectation'
            when coalesce(treated_accounts, 0) = 0 and coalesce(control_accounts, 0) = 0 then 'not_yet'
            when too_few or difference is null then 'too_few'
            when case when expected_sign > 0 then ci_high else -ci_low end < 0 then 'adverse'
            when case when expected_sign > 0 then ci_low else -ci_high end <= 0 then 'no_clear_effect'
            when difference * expected_sign >= expected_difference * expected_sign then 'reached'
            else 'below_expectation'
        end as verdict
    from measured_campaigns
),

final as (
    select
        judged.campaign_id,
        judged.campaign_name,
        judged.kind,
        judged.hypothesis,
        judged.kpi_id,
        kpis.name_en as kpi_name_en,
        kpis.name_ja as kpi_name_ja,
        judged.owner_id,
        judged.outcome,
        outcomes.label_en as outcome_label_en,
        outcomes.label_ja as outcome_label_ja,
        judged.verdict,
        verdicts.label_en as verdict_label_en,
        verdicts.label_ja as verdict_label_ja,
        verdicts.next_step_en,
        verdicts.next_step_ja,
        judged.decision,
        decisions.label_en as decision_label_en,
        decisions.label_ja as decision_label_ja,
        judged.expected_change,
        cast(judged.expected_difference as double) as expected_difference,
        judged.difference,
        judged.ci_low,
        judged.ci_high,
        judged.treated_accounts,
        judged.control_accounts,
        {{ fiscal_start(month_start('judged.started_on'), 3) }} as quarter_start,
        judged.started_on,
        judged.ended_on,
        judged.review_on
    from judged
    left join outcomes on judged.outcome = outcomes.outcome
    left join {{ ref('kpi_definitions') }} as kpis on judged.kpi_id = kpis.kpi_id
    left join {{ ref('campaign_verdicts') }} as verdicts on judged.verdict = verdicts.verdict
    left join {{ ref('campaign_decisions') }} as decisions on judged.decision = decisions.decision
)

select * from final
