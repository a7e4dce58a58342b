-- The plan of a campaign beside its measured effects; the decision is entered in the source.
with campaigns as (
    select * from {{ ref('dim_campaigns') }}
),

outcomes as (
    select * from {{ ref('campaign_outcomes') }}
),

activities as (
    select * from {{ ref('fct_cs_activities') }}
),

effects as (
    {{ effects_of(ref('int_campaign_strata'), ['campaign_id', 'outcome']) }}
),

success_settings as (
    select setting_value as min_accounts
    from {{ ref('success_settings') }}
    where setting_id = 'campaign_min_accounts'
),

campaign_touches as (
    select
        campaign_id,
        count(*) as touches,
        count(distinct account_id) as touched_accounts
    from activities
    where campaign_id is not null
    group by campaign_id
),

final as (
    select
        campaigns.campaign_id,
        outcomes.outcome,
        outcomes.label_en as outcome_label_en,
        outcomes.label_ja as outcome_label_ja,
        campaigns.campaign_name,
        campaigns.kind,
        campaigns.hypothesis,
        campaigns.kpi_id,
        campaigns.owner_id,
        outcomes.within_days,
        cast(campaign_touches.touches as bigint) as touches,
        cast(campaign_touches.touched_accounts as bigint) as touched_accounts,
        cast(effects.treated_accounts as bigint) as treated_accounts,
        cast(effects.control_accounts as bigint) as control_accounts,
        cast(effects.matched_rate as double) as matched_rate,
        cast(effects.treated_rate as double) as treated_rate,
        cast(effects.control_rate as double) as control_rate,
        cast(effects.difference as double) as difference,
        cast(effects.ci_low as double) as ci_low,
        cast(effects.ci_high as double) as ci_high,
        cast(effects.p_value as double) as p_value,
        cast(effects.max_std_difference as double) as max_std_difference,
        effects.least_balanced,
        coalesce(
            least(effects.treated_accounts, effects.control_accounts) < success_settings.min_accounts, true
        ) as too_few,
        campaigns.expected_change,
        campaigns.decision,
        campaigns.started_on,
        campaigns.ended_on,
        campaigns.review_on
    from campaigns
    cross join outcomes
    cross join success_settings
    left join campaign_touches on campaigns.campaign_id = campaign_touches.campaign_id
    left join effects
        on campaigns.campaign_id = effects.campaign_id and outcomes.outcome = effects.outcome
)

select * from final
