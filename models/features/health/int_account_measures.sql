-- The inputs of the health score: one column per measure, named by source_column in the seed health_measures. A column
-- added to one of the models below is a column here, hence the star; `using` keeps the keys once.
-- noqa: disable=AM04,RF02,ST07
with account_dates as (
    select
        account_id,
        as_of_date,
        region,
        lifecycle_stage,
        tenure_days
    from {{ ref('int_account_as_of_dates') }}
)

select *
from account_dates
left join {{ ref('int_recorded_inputs') }} using (as_of_date)
left join {{ ref('int_account_adoption_measures') }} using (account_id, as_of_date)
left join {{ ref('int_account_onboarding_measures') }} using (account_id, as_of_date)
left join {{ ref('int_account_maturity_measures') }} using (account_id, as_of_date)
left join {{ ref('int_account_engagement_measures') }} using (account_id, as_of_date)
left join {{ ref('int_account_sentiment_measures') }} using (account_id, as_of_date)
left join {{ ref('int_account_support_measures') }} using (account_id, as_of_date)
left join {{ ref('int_account_commercial_measures') }} using (account_id, as_of_date)
left join {{ ref('int_account_payment_measures') }} using (account_id, as_of_date)
left join {{ ref('int_account_commitment_measures') }} using (account_id, as_of_date)
left join {{ ref('int_account_renewal_measures') }} using (account_id, as_of_date)
left join {{ ref('int_account_success_measures') }} using (account_id, as_of_date)
