-- What the health score is made of: a measure is a column here and a row of health_measures that names it.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

adoption as (
    select * from {{ ref('int_account_adoption_measures') }}
),

commercial as (
    select * from {{ ref('int_account_commercial_measures') }}
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
        adoption.usage_change_28d_rate,
        adoption.usage_measured_on,
        commercial.mrr_change_3m_rate,
        commercial.contraction_90d_rate,
        commercial.seat_change_90d_rate,
        commercial.past_due_share,
        commercial.average_discount_rate
    from account_dates
    left join adoption
        on
            account_dates.account_id = adoption.account_id
            and account_dates.as_of_date = adoption.as_of_date
    inner join commercial
        on
            account_dates.account_id = commercial.account_id
            and account_dates.as_of_date = commercial.as_of_date
)

select * from final
