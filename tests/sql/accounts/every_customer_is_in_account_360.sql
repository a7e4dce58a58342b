-- Their MRR is all MRR, and every suggestion, score and scheduled churn of a customer is in it.
with shown as (
    select
        count(*) as customers,
        sum(mrr) as mrr,
        sum(case when csql_suggested then 1 else 0 end) as suggested,
        count(scheduled_churn_on) as leaving,
        count(score) as scored
    from {{ ref('account_360') }}
),

counted as (
    select
        count(*) as customers,
        sum(current_mrr) as mrr
    from {{ ref('dim_accounts') }}
    where is_customer
),

suggestions as (
    select count(*) as suggested from {{ ref('int_csql_suggestions') }}
),

scheduled as (
    select count(*) as leaving from {{ ref('int_scheduled_churns') }}
),

scores as (
    select count(account_health_scores.score) as scored
    from {{ ref('account_health_scores') }} as account_health_scores
    inner join {{ ref('int_settings') }} as settings on account_health_scores.as_of_date = settings.as_of_date
)

select
    shown.customers,
    shown.mrr,
    shown.suggested,
    shown.leaving,
    shown.scored
from shown
cross join counted
cross join suggestions
cross join scheduled
cross join scores
where
    shown.customers != counted.customers
    or shown.mrr != counted.mrr
    or shown.suggested != suggestions.suggested
    or shown.leaving != scheduled.leaving
    or shown.scored != scores.scored
