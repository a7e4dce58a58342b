-- How long an account is bound, and whether it is known to leave.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

windows as (
    select * from {{ ref('int_month_windows') }}
),

first_records as (
    select * from {{ ref('int_first_records') }}
),

settings as (
    select setting_value as leaving_within_days
    from {{ ref('health_settings') }}
    where setting_id = 'leaving_within_days'
),

payments as (
    select * from {{ ref('int_account_payment_measures') }}
),

contracts as (
    select * from {{ ref('int_account_contract_terms') }}
),

scheduled_ends as (
    select * from {{ ref('int_account_scheduled_ends') }}
),

paid_terms as (
    select
        account_id,
        month_start,
        term_ends_on,
        row_number() over (
            partition by account_id, month_start order by term_ends_on, term_begins_on, subscription_item_id
        ) as place
    from {{ ref('int_account_paid_items') }}
),

notices as (
    select
        cancellations.account_id,
        windows.month_start,
        max(case when {{ known_month('cancellations') }} <= windows.month_start then cancellations.cancelled_on end)
            as cancelled_on,
        max(cancellations.cancelled_on) as cancelled_on_hindsight
    from {{ ref('fct_cancellations') }} as cancellations
    inner join windows
        on
            cancellations.month_start = windows.source_month
            and windows.months_ago < 3
            and cancellations.cancelled_on <= windows.closes_on
    group by cancellations.account_id, windows.month_start
),

commitments as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        payments.billing_days,
        contracts.days_left as contract_days,
        contracts.notice_days,
        -- A renewal that is agreed in words or further on waits for no notice.
        case when coalesce(contracts.renewal_stage, 'not_started') not in ('verbal', 'in_approval', 'ordered') then contracts.notice_days end
            as undecided_notice_days,
        contracts.renewal_stage,
        coalesce(contracts.days_left, {{ dbt.datediff('account_dates.as_of_date', 'paid_terms.term_ends_on', 'day') }})
            as days_to_term_end,
        {{ dbt.datediff('account_dates.as_of_date', 'scheduled_ends.scheduled_end_on', 'day') }} as days_to_scheduled_end,
        -- A notice before the customer returned is of its time before.
        {%- for reading in ['', '_hindsight'] %}
        coalesce(contracts.is_refused or notices.cancelled_on{{ reading }} >= account_dates.customer_since, false)
            as has_given_notice{{ reading }},
        {%- endfor %}
        contracts.account_id is not null or coalesce(first_records.first_cancellation_on <= account_dates.as_of_date, false)
            as is_notice_recorded
    from account_dates
    cross join first_records
    left join payments
        on account_dates.account_id = payments.account_id and account_dates.as_of_date = payments.as_of_date
    left join contracts
        on account_dates.account_id = contracts.account_id and account_dates.month_start = contracts.month_start
    left join paid_terms
        on
            account_dates.account_id = paid_terms.account_id
            and account_dates.month_start = paid_terms.month_start
            and paid_terms.place = 1
    left join scheduled_ends
        on account_dates.account_id = scheduled_ends.account_id and account_dates.month_start = scheduled_ends.month_start
    left join notices
        on account_dates.account_id = notices.account_id and account_dates.month_start = notices.month_start
),

final as (
    select
        commitments.account_id,
        commitments.as_of_date,
        cast(commitments.days_to_term_end as double) as days_to_term_end,
        cast(commitments.contract_days as bigint) as contract_days,
        cast(commitments.notice_days as double) as days_to_notice_deadline,
        cast(commitments.undecided_notice_days as double) as days_to_undecided_notice,
        commitments.undecided_notice_days is not null as has_notice_deadline,
        commitments.renewal_stage,
        {%- for reading in ['', '_hindsight'] %}
        case
            when commitments.has_given_notice{{ reading }} or commitments.is_notice_recorded
                then cast(commitments.has_given_notice{{ reading }} as double)
        end as notice_given{{ reading }},
        {%- endfor %}
        cast(commitments.days_to_scheduled_end as double) as days_to_scheduled_end,
        commitments.days_to_scheduled_end is not null as has_scheduled_end,
        commitments.has_given_notice or coalesce(commitments.days_to_scheduled_end <= settings.leaving_within_days, false)
            as is_leaving
    from commitments
    cross join settings
)

select * from final
