-- What is known to end after the as-of date, and leaves the account with no MRR. Grace that would run out is not scheduled:
-- the customer may yet pay.
with settings as (
    select * from {{ ref('int_settings') }}
),

month_rates as (
    select * from {{ ref('int_month_rates') }}
),

periods as (
    select
        account_id,
        currency,
        mrr_local,
        started_on,
        case when not is_ended_by_grace then ended_on end as ends_on
    from {{ ref('int_subscription_periods') }}
    where is_counted and mrr_local > 0 and (started_on < ended_on or ended_on is null)
),

-- Items that are live today, and those that begin later.
upcoming as (
    select
        periods.*,
        greatest(periods.started_on, settings.as_of_date) as from_date
    from periods
    cross join settings
    where periods.ends_on > settings.as_of_date or periods.ends_on is null
),

changes as (
    select
        account_id,
        from_date as change_date,
        1 as change
    from upcoming
    union all
    select
        account_id,
        ends_on as change_date,
        -1 as change
    from upcoming
    where ends_on is not null
),

daily as (
    select
        account_id,
        change_date,
        sum(change) as change
    from changes
    group by account_id, change_date
),

counted as (
    select
        *,
        sum(change) over (
            partition by account_id order by change_date rows between unbounded preceding and current row
        ) as live_items
    from daily
),

-- One that has no MRR today has nothing to lose.
churns as (
    select
        counted.account_id,
        min(case when counted.live_items = 0 then counted.change_date end) as scheduled_churn_on
    from counted
    cross join settings
    group by counted.account_id
    having max(case when counted.change_date = settings.as_of_date and counted.live_items > 0 then 1 else 0 end) = 1
),

ending as (
    select
        churns.account_id,
        churns.scheduled_churn_on,
        upcoming.currency,
        sum(upcoming.mrr_local) as mrr_local
    from churns
    inner join upcoming
        on churns.account_id = upcoming.account_id and churns.scheduled_churn_on = upcoming.ends_on
    group by churns.account_id, churns.scheduled_churn_on, upcoming.currency
),

valued as (
    select
        ending.account_id,
        ending.scheduled_churn_on,
        {{ converted('ending.mrr_local', 'month_rates.rate_to_reporting') }} as mrr
    from ending
    cross join settings
    inner join month_rates
        on ending.currency = month_rates.currency and {{ month_start('settings.as_of_date') }} = month_rates.month_start
),

final as (
    select
        account_id,
        scheduled_churn_on,
        cast(sum(mrr) as decimal(18, 4)) as scheduled_churn_mrr
    from valued
    group by account_id, scheduled_churn_on
)

select * from final
