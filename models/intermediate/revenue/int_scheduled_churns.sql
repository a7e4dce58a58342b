-- Churn that is already known: after the as-of date, all items of the account end. The end of grace is not scheduled
-- churn, because the customer can still pay.
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

-- Items that are live on the as-of date or begin later.
upcoming_items as (
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
    from upcoming_items
    union all
    select
        account_id,
        ends_on as change_date,
        -1 as change
    from upcoming_items
    where ends_on is not null
),

change_days as (
    select
        account_id,
        change_date,
        sum(change) as change
    from changes
    group by account_id, change_date
),

running_days as (
    select
        *,
        sum(change) over (
            partition by account_id order by change_date rows between unbounded preceding and current row
        ) as live_items
    from change_days
),

-- Only accounts with MRR on the as-of date can churn.
churns as (
    select
        running_days.account_id,
        min(case when running_days.live_items = 0 then running_days.change_date end) as scheduled_churn_on
    from running_days
    cross join settings
    group by running_days.account_id
    having max(case when running_days.change_date = settings.as_of_date and running_days.live_items > 0 then 1 else 0 end) = 1
),

ending_items as (
    select
        churns.account_id,
        churns.scheduled_churn_on,
        upcoming_items.currency,
        sum(upcoming_items.mrr_local) as mrr_local
    from churns
    inner join upcoming_items
        on churns.account_id = upcoming_items.account_id and churns.scheduled_churn_on = upcoming_items.ends_on
    group by churns.account_id, churns.scheduled_churn_on, upcoming_items.currency
),

valued_items as (
    select
        ending_items.account_id,
        ending_items.scheduled_churn_on,
        {{ converted('ending_items.mrr_local', 'month_rates.rate_to_reporting') }} as mrr
    from ending_items
    cross join settings
    inner join month_rates
        on ending_items.currency = month_rates.currency and {{ month_start('settings.as_of_date') }} = month_rates.month_start
),

final as (
    select
        account_id,
        scheduled_churn_on,
        cast(sum(mrr) as decimal(18, 4)) as scheduled_churn_mrr
    from valued_items
    group by account_id, scheduled_churn_on
)

select * from final
