-- Fees that an account paid from the day a goal was set to the day before it was achieved, at the exchange rate of that
-- month. A year of fees is twelve times MRR in leap years too.
with goals as (
    {{ dated_rows(ref('stg_customer_goals'), 'set_at') }}
),

resolved as (
    select * from {{ ref('int_accounts_resolved') }}
),

periods as (
    select * from {{ ref('int_subscription_periods') }}
    where is_counted and mrr_local > 0
),

achieved_goals as (
    select
        *,
        {{ known_day('goals', 'achieved_at') }} as achieved_on
    from goals
    where goals.achieved_at is not null
),

fee_periods as (
    select
        achieved_goals.goal_id,
        periods.currency,
        periods.mrr_local,
        least({{ month_end('achieved_goals.achieved_on') }}, achieved_goals.as_of_date) as valued_on,
        {{ dbt.datediff(
            'greatest(periods.started_on, achieved_goals.happened_on)',
            'least(coalesce(periods.ended_on, achieved_goals.achieved_on), achieved_goals.achieved_on)',
            'day'
        ) }} as days
    from achieved_goals
    inner join resolved on achieved_goals.account_id = resolved.account_id
    inner join periods
        on
            resolved.customer_account_id = periods.account_id
            and achieved_goals.achieved_on > periods.started_on
            and (achieved_goals.happened_on < periods.ended_on or periods.ended_on is null)
),

summed as (
    select
        goal_id,
        currency,
        valued_on,
        {{ mean_amount('sum(cast(mrr_local * days * 12 as decimal(22, 4)))', '365') }} as fees_local
    from fee_periods
    where days > 0
    group by goal_id, currency, valued_on
),

final as (
    select
        summed.goal_id,
        cast(sum({{ converted('summed.fees_local', 'fx_rates.rate_to_reporting') }}) as decimal(18, 4)) as fees
    from summed
    {{ join_fx_rates('summed', 'valued_on') }}
    group by summed.goal_id
)

select * from final
