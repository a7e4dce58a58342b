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

-- Only items that were ever past due need their versions in order.
past_due_items as (
    select distinct subscription_item_id
    from versions
    where status = 'past_due'
),

preceded_versions as (
    select
        versions.subscription_item_id,
        versions.valid_from,
        versions.status,
        versions.started_on,
        coalesce(
            versions.status = 'past_due'
            and lag(versions.status) over (partition by versions.subscription_item_id order by versions.valid_from) = 'past_due'
            and lag(versions.ended_on) over (partition by versions.subscription_item_id order by versions.valid_from)
            = versions.started_on,
            false
        ) as continues_past_due
    from versions
    inner join past_due_items on versions.subscription_item_id = past_due_items.subscription_item_id
),

-- Grace runs from the first of several past_due versions in a row.
past_due_runs as (
    select
        subscription_item_id,
        valid_from,
        status,
        max(case when status = 'past_due' and not continues_past_due then started_on end) over (
            partition by subscription_item_id order by valid_from
            rows between unbounded preceding and current row
        ) as past_due_since
    from preceded_versions
),

graced_versions as (
    select
        versions.*,
        {{ add_days('past_due_runs.past_due_since', var('past_due_grace_days')) }} as grace_ends_on
    from versions
    left join past_due_runs
        on
            versions.subscription_item_id = past_due_runs.subscription_item_id
            and versions.valid_from = past_due_runs.valid_from
            and past_due_runs.status = 'past_due'
),

counted_versions as (
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
    from graced_versions
),

final as (
    select
        counted_versions.subscription_item_id,
        counted_versions.subscription_id,
        resolved.customer_account_id as account_id,
        counted_versions.plan_id,
        plans.product_id,
        plans.tier_rank,
        plans.is_addon,
        counted_versions.quantity,
        counted_versions.unit_price,
        counted_versions.discount_rate,
        counted_versions.currency,
        counted_versions.billing_interval,
        counted_versions.billing_interval_count,
        counted_versions.status,
        counted_versions.valid_from,
        counted_versions.valid_to,
        counted_versions.started_on,
        case when counted_versions.is_ended_by_grace then counted_versions.grace_ends_on else counted_versions.ended_on end as ended_on,
        counted_versions.is_counted,
        counted_versions.is_ended_by_grace,
        counted_versions.is_overlap_repaired,
        counted_versions.recorded_on,
        cast(case when counted_versions.is_counted then counted_versions.full_mrr_local else 0 end as decimal(18, 4)) as mrr_local
    from counted_versions
    inner join resolved on counted_versions.account_id = resolved.account_id
    inner join plans on counted_versions.plan_id = plans.plan_id
)

select * from final
