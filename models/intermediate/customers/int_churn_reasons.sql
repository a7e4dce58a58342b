-- The reason of a churn is the one stated nearest to its day: notice is often given months before, and an exit survey
-- answered after it. Without cancellations there are no rows.
with cancellations as (
    select * from {{ ref('int_cancellations') }}
),

account_months as (
    select * from {{ ref('int_account_months') }}
    where opening_mrr > 0 and closing_mrr = 0
),

reasons as (
    select * from {{ ref('cancellation_reasons') }}
),

supplied_inputs as (
    select * from {{ ref('int_supplied_inputs') }}
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
    cross join supplied_inputs
    where supplied_inputs.has_cancellations
),

ranked_reasons as (
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
        coalesce(ranked_reasons.reason_code, 'not_stated') as reason_code,
        coalesce(reasons.is_cs_controllable, false) as is_cs_controllable,
        churns.churned_on,
        churns.month_start
    from churns
    left join ranked_reasons
        on
            churns.account_id = ranked_reasons.account_id
            and churns.month_start = ranked_reasons.month_start
            and ranked_reasons.place = 1
    left join reasons on ranked_reasons.reason_code = reasons.reason_code
)

select * from final
