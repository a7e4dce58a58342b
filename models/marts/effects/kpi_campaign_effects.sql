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
        {{ effect_columns() }},
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
