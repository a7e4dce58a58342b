with versions as (
    select * from {{ ref('int_subscription_versions') }}
    where reason is null
),

plans as (
    select * from {{ ref('stg_plans') }}
),

resolved as (
    select * from {{ ref('int_accounts_resolved') }}
),

preceded as (
    select
        *,
        coalesce(
            status = 'past_due'
            and lag(status) over (partition by subscription_item_id order by valid_from) = 'past_due'
            and lag(ended_on) over (partition by subscription_item_id order by valid_from) = started_on,
            false
        ) as continues_past_due
    from versions
),

-- Grace runs from the first of several past_due versions in a row.
past_due_runs as (
    select
        *,
        max(case when status = 'past_due' and not continues_past_due then started_on end) over (
            partition by subscription_item_id order by valid_from
            rows between unbounded preceding and current row
        ) as past_due_since
    from preceded
),

graced as (
    select
        *,
        case when status = 'past_due' then {{ add_days('past_due_since', var('past_due_grace_days')) }} end
            as grace_ends_on
    from past_due_runs
),

counted as (
    select
        *,
        case
            when status = 'active' then true
            when status = 'past_due' then started_on < grace_ends_on
            when status = 'paused' then {{ 'true' if var('paused_mrr_policy') == 'include' else 'false' }}
            else false
        end as is_counted,
        coalesce(status = 'past_due' and started_on < grace_ends_on and coalesce(ended_on > grace_ends_on, true), false)
            as is_ended_by_grace
    from graced
),

final as (
    select
        counted.subscription_item_id,
        counted.subscription_id,
        resolved.customer_account_id as account_id,
        counted.plan_id,
        plans.product_id,
        plans.tier_rank,
        plans.is_addon,
        counted.quantity,
        counted.unit_price,
        counted.discount_rate,
        counted.currency,
        counted.billing_interval,
        counted.billing_interval_count,
        counted.status,
        counted.valid_from,
        counted.valid_to,
        counted.started_on,
        case when counted.is_ended_by_grace then counted.grace_ends_on else counted.ended_on end as ended_on,
        counted.is_counted,
        counted.is_ended_by_grace,
        counted.is_overlap_repaired,
        cast(case when counted.is_counted then counted.full_mrr_local else 0 end as decimal(18, 4)) as mrr_local
    from counted
    inner join resolved on counted.account_id = resolved.account_id
    inner join plans on counted.plan_id = plans.plan_id
)

select * from final
