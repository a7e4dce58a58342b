with customers as (
    select * from {{ ref('dim_accounts') }}
    where is_customer
),

today as (
    select
        as_of_date,
        {{ month_start('as_of_date') }} as month_start
    from {{ ref('int_settings') }}
),

account_months as (
    select account_months.*
    from {{ ref('fct_account_months') }} as account_months
    inner join today on account_months.month_start = today.month_start
),

scores as (
    select scores.*
    from {{ ref('account_health_scores') }} as scores
    inner join today on scores.as_of_date = today.as_of_date
),

referral_candidates as (
    select candidates.*
    from {{ ref('int_referral_candidates') }} as candidates
    inner join today on candidates.month_start = today.month_start
),

scheduled_churns as (
    select * from {{ ref('int_scheduled_churns') }}
),

suggestions as (
    select * from {{ ref('int_csql_suggestions') }}
),

statuses as (
    select * from {{ ref('int_account_statuses') }}
),

usage_tops as (
    select * from {{ ref('int_account_usage_tops') }}
),

next_meetings as (
    select * from {{ ref('int_next_meetings') }}
),

touch_models as (
    select * from {{ ref('touch_models') }}
),

renewal_stages as (
    select * from {{ ref('renewal_stages') }}
),

final as (
    select
        customers.account_id,
        customers.account_name,
        customers.csm_id,
        customers.cs_team,
        customers.country,
        customers.region,
        customers.industry,
        customers.size_band,
        account_months.plan_id,
        account_months.product_id,
        account_months.touch_model,
        touch_models.label_en as touch_model_label_en,
        touch_models.label_ja as touch_model_label_ja,
        scores.lifecycle_stage,
        scores.lifecycle_stage_label_en,
        scores.lifecycle_stage_label_ja,
        scores.health_band,
        scores.health_band_label_en,
        scores.health_band_label_ja,
        scores.main_reason,
        scores.main_reason_label_en,
        scores.main_reason_label_ja,
        scores.next_best_action,
        scores.next_best_action_label_en,
        scores.next_best_action_label_ja,
        suggestions.csql_rule as csql_reason,
        suggestions.label_en as csql_reason_label_en,
        suggestions.label_ja as csql_reason_label_ja,
        suggestions.kind as csql_kind,
        usage_tops.top_features,
        account_months.closing_mrr as mrr,
        account_months.realised_ltv,
        account_months.predicted_ltv,
        statuses.renewal_stage,
        renewal_stages.label_en as renewal_stage_label_en,
        renewal_stages.label_ja as renewal_stage_label_ja,
        statuses.open_opportunity_mrr,
        statuses.renewal_mrr,
        scheduled_churns.scheduled_churn_mrr,
        scores.score,
        scores.coverage,
        scores.score_change_30d,
        statuses.latest_nps,
        statuses.open_tickets,
        statuses.open_goals,
        usage_tops.champions,
        statuses.goal_achievement_rate,
        account_months.tenure_months,
        suggestions.account_id is not null as csql_suggested,
        referral_candidates.is_referral_candidate as referral_candidate,
        statuses.is_community_touch,
        today.as_of_date,
        customers.first_mrr_date,
        statuses.renewal_date,
        statuses.notice_due_on,
        scheduled_churns.scheduled_churn_on,
        statuses.latest_nps_on,
        statuses.last_touched_on,
        statuses.last_active_at,
        next_meetings.next_meeting_at
    from customers
    cross join today
    inner join account_months on customers.account_id = account_months.account_id
    left join scores on customers.account_id = scores.account_id
    left join referral_candidates on customers.account_id = referral_candidates.account_id
    left join scheduled_churns on customers.account_id = scheduled_churns.account_id
    left join suggestions on customers.account_id = suggestions.account_id
    left join statuses on customers.account_id = statuses.account_id
    left join usage_tops on customers.account_id = usage_tops.account_id
    left join next_meetings on customers.account_id = next_meetings.account_id
    left join touch_models on account_months.touch_model = touch_models.touch_model
    left join renewal_stages on statuses.renewal_stage = renewal_stages.renewal_stage
)

select * from final
