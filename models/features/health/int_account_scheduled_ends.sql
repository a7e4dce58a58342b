-- The day from which an account has nothing left to pay for, as far as that was known at each close.
with months as (
    select * from {{ ref('int_months') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

-- Where the source does not say when it recorded a version, its end is known on the as-of date alone. The end of grace
-- is not scheduled, because the customer can still pay.
known_periods as (
    select
        periods.account_id,
        periods.started_on,
        periods.ended_on,
        coalesce(periods.recorded_on, settings.as_of_date) as known_on,
        not periods.is_ended_by_grace
        and coalesce(coalesce(periods.recorded_on, settings.as_of_date) < periods.ended_on, false) as is_end_known_before
    from {{ ref('int_subscription_periods') }} as periods
    cross join settings
    where periods.mrr_local > 0 and (periods.ended_on > periods.started_on or periods.ended_on is null)
),

ending_accounts as (
    select distinct account_id
    from known_periods
    where is_end_known_before
),

-- At a close: what is paid for, and what is known to begin later.
known_items as (
    select
        known_periods.account_id,
        months.month_start,
        case
            when known_periods.is_end_known_before and known_periods.known_on <= months.closes_on
                then known_periods.ended_on
        end as ends_on
    from known_periods
    inner join ending_accounts on known_periods.account_id = ending_accounts.account_id
    inner join months
        on
            least(known_periods.started_on, known_periods.known_on) <= months.closes_on
            and (known_periods.ended_on > months.closes_on or known_periods.ended_on is null)
),

final as (
    select
        account_id,
        month_start,
        max(ends_on) as scheduled_end_on
    from known_items
    group by account_id, month_start
    having count(*) = count(ends_on)
)

select * from final
