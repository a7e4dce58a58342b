-- What the health score is made of: a measure is a column here and a row of health_measures that names it.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

adoption as (
    select * from {{ ref('int_account_adoption_measures') }}
),

onboarding as (
    select * from {{ ref('int_account_onboarding_measures') }}
),

maturity as (
    select * from {{ ref('int_account_maturity_measures') }}
),

engagement as (
    select * from {{ ref('int_account_engagement_measures') }}
),

sentiment as (
    select * from {{ ref('int_account_sentiment_measures') }}
),

support as (
    select * from {{ ref('int_account_support_measures') }}
),

commercial as (
    select * from {{ ref('int_account_commercial_measures') }}
),

commitment as (
    select * from {{ ref('int_account_commitment_measures') }}
),

payment as (
    select * from {{ ref('int_account_payment_measures') }}
),

success as (
    select * from {{ ref('int_account_success_measures') }}
),

final as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        account_dates.region,
        account_dates.lifecycle_stage,
        account_dates.tenure_days,
        adoption.days_since_last_use,
        adoption.active_days_28d,
        adoption.use_rate_28d,
        adoption.use_rate_84d,
        adoption.events_change_28d_rate,
        adoption.sessions_change_28d_rate,
        adoption.session_seconds_change_28d_rate,
        adoption.usage_measured_on,
        onboarding.onboarding_reached_rate,
        maturity.features_used_3m,
        maturity.champion_level,
        maturity.issued_users,
        maturity.issued_seats_rate,
        maturity.integrations,
        maturity.connections,
        maturity.apps_built,
        maturity.data_volume,
        maturity.gauges_measured_on,
        engagement.trainings_3m,
        engagement.events_3m,
        engagement.content_views_3m,
        engagement.community_actions_3m,
        engagement.touches_3m,
        engagement.reaction_rate_3m,
        sentiment.nps_score_6m,
        sentiment.nps_measured_on,
        sentiment.csat_score_6m,
        sentiment.csat_measured_on,
        sentiment.review_rating_12m,
        sentiment.review_measured_on,
        support.open_tickets_per_user,
        support.tickets_per_user_3m,
        support.escalations_per_user_3m,
        support.resolution_hours_3m,
        commercial.mrr_change_3m_rate,
        commercial.contraction_90d_rate,
        commercial.seat_change_90d_rate,
        payment.past_due_share,
        payment.late_payments_12m,
        payment.average_discount_rate,
        commitment.days_to_renewal,
        commitment.notice_given,
        success.open_opportunities,
        success.goals_reached_rate
    from account_dates
    left join adoption
        on account_dates.account_id = adoption.account_id and account_dates.as_of_date = adoption.as_of_date
    left join onboarding
        on account_dates.account_id = onboarding.account_id and account_dates.as_of_date = onboarding.as_of_date
    left join maturity
        on account_dates.account_id = maturity.account_id and account_dates.as_of_date = maturity.as_of_date
    left join engagement
        on account_dates.account_id = engagement.account_id and account_dates.as_of_date = engagement.as_of_date
    left join sentiment
        on account_dates.account_id = sentiment.account_id and account_dates.as_of_date = sentiment.as_of_date
    left join support
        on account_dates.account_id = support.account_id and account_dates.as_of_date = support.as_of_date
    left join commercial
        on account_dates.account_id = commercial.account_id and account_dates.as_of_date = commercial.as_of_date
    left join commitment
        on account_dates.account_id = commitment.account_id and account_dates.as_of_date = commitment.as_of_date
    left join payment
        on account_dates.account_id = payment.account_id and account_dates.as_of_date = payment.as_of_date
    left join success
        on account_dates.account_id = success.account_id and account_dates.as_of_date = success.as_of_date
)

select * from final
