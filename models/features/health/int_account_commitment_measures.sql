-- Days until an account can leave, and whether it has given notice.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

months as (
    select * from {{ ref('int_months') }}
),

windows as (
    select * from {{ ref('int_month_windows') }}
),

first_records as (
    select * from {{ ref('int_first_records') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

payments as (
    select * from {{ ref('int_account_payment_measures') }}
),

contracts as (
    select
        renewals.account_id,
        renewals.outcome,
        {{ local_date('renewals.started_at', 'settings.reporting_timezone') }} as started_on,
        renewals.due_on,
        {{ local_date('renewals.decided_at', 'settings.reporting_timezone') }} as decided_on
    from {{ ref('fct_contract_renewals') }} as renewals
    cross join settings
),

-- A renewal decided by the date adds the length of a term; any other contract ends when it is due.
terms as (
    select
        contracts.account_id,
        months.month_start,
        max(case when contracts.decided_on <= months.closes_on and contracts.outcome = 'churned' then 1 else 0 end)
            as is_refused,
        min(
            {{ dbt.datediff('months.closes_on', 'contracts.due_on', 'day') }}
            + case
                when contracts.decided_on <= months.closes_on and contracts.outcome = 'renewed'
                    then {{ dbt.datediff('contracts.started_on', 'contracts.due_on', 'day') }}
                else 0
            end
        ) as days_to_renewal
    from contracts
    inner join months
        on contracts.started_on <= months.closes_on and contracts.due_on > months.closes_on
    group by contracts.account_id, months.month_start
),

notices as (
    select distinct
        cancellations.account_id,
        windows.month_start
    from {{ ref('fct_cancellations') }} as cancellations
    inner join windows on cancellations.month_start = windows.source_month and windows.months_ago < 3
),

commitments as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        -- Without a contract an account can leave after its billing period. Longer billing periods: the end date is
        -- unknown.
        coalesce(
            cast(terms.days_to_renewal as double),
            case when payments.billing_days <= {{ var('known_billing_days') }} then payments.billing_days end
        ) as days_to_renewal,
        cast(terms.days_to_renewal as bigint) as contract_days,
        case
            when terms.is_refused = 1 or notices.account_id is not null then cast(1 as double)
            when terms.is_refused = 0 or first_records.first_cancellation_on <= account_dates.as_of_date
                then cast(0 as double)
        end as notice_given
    from account_dates
    cross join first_records
    left join payments
        on account_dates.account_id = payments.account_id and account_dates.as_of_date = payments.as_of_date
    left join terms
        on account_dates.account_id = terms.account_id and account_dates.month_start = terms.month_start
    left join notices
        on account_dates.account_id = notices.account_id and account_dates.month_start = notices.month_start
),

final as (
    select
        account_id,
        as_of_date,
        days_to_renewal,
        days_to_renewal as days_to_term_end,
        contract_days,
        notice_given,
        cast(null as double) as days_to_scheduled_end,
        coalesce(notice_given = 1, false) as is_leaving
    from commitments
)

select * from final
