-- Why an account left: the reason stated nearest to the day of its churn. A notice is often given months
-- before the end, and an exit survey answered after it. Where no cancellations were brought there is nothing
-- to say about anyone.
with cancellations as (
    select * from {{ ref('fct_cancellations') }}
),

account_months as (
    select * from {{ ref('int_account_months') }}
    where opening_mrr > 0 and closing_mrr = 0
),

reasons as (
    select * from {{ ref('cancellation_reasons') }}
),

brought as (
    select count(*) > 0 as has_cancellations from {{ ref('stg_cancellations') }}
),

last_churns as (
    select * from {{ ref('int_account_churns') }}
),

churns as (
    select
        account_months.account_id,
        account_months.month_start,
        last_churns.last_churned_on as churned_on
    from account_months
    inner join last_churns
        on
            account_months.account_id = last_churns.account_id
            and account_months.month_start = last_churns.month_start
    cross join brought
    where brought.has_cancellations
),

ranked as (
    select
        churns.account_id,
        churns.month_start,
        cancellations.reason_code,
        row_number() over (
            partition by churns.account_id, churns.month_start
            order by
                abs({{ dbt.datediff('churns.churned_on', 'cancellations.cancelled_on', 'day') }}),
                cancellations.cancelled_at,
                cancellations.cancellation_id
        ) as place
    from churns
    inner join cancellations
        on
            churns.account_id = cancellations.account_id
            and cancellations.cancelled_on >= {{ add_days('churns.churned_on', -var('churn_reason_days')) }}
            and cancellations.cancelled_on <= {{ add_days('churns.churned_on', var('churn_reason_days')) }}
    where cancellations.reason_code != 'not_stated'
),

final as (
    select
        churns.account_id,
        coalesce(ranked.reason_code, 'not_stated') as reason_code,
        coalesce(reasons.is_cs_controllable, false) as is_cs_controllable,
        churns.churned_on,
        churns.month_start
    from churns
    left join ranked
        on
            churns.account_id = ranked.account_id
            and churns.month_start = ranked.month_start
            and ranked.place = 1
    left join reasons on ranked.reason_code = reasons.reason_code
)

select * from final
