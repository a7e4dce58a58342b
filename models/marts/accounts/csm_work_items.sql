with reasons as (
    select * from {{ ref('int_work_reasons') }}
),

customers as (
    select * from {{ ref('account_360') }}
),

actions as (
    select * from {{ ref('int_work_actions') }}
),

touches as (
    select * from {{ ref('int_work_touches') }}
),

verdicts as (
    select * from {{ ref('int_work_verdicts') }}
),

touch_models as (
    select * from {{ ref('touch_models') }}
),

work_statuses as (
    select
        work.account_id,
        work.reason,
        statuses.*
    from {{ ref('int_work_statuses') }} as work
    inner join {{ ref('work_statuses') }} as statuses on work.status = statuses.status
),

-- Where an account has no chance of its own, the rate at which customers of its band left stands for it.
band_rates as (
    select
        health_band,
        churn_rate,
        row_number() over (partition by health_band order by as_of_from asc, as_of_to desc) as place
    from {{ ref('health_band_worth') }}
    where horizon_days = 90
),

items as (
    select
        reasons.*,
        actions.action,
        actions.action_label_en,
        actions.action_label_ja,
        actions.touch_model,
        actions.lifecycle_stage,
        actions.health_band,
        touch_models.label_en as touch_model_label_en,
        touch_models.label_ja as touch_model_label_ja,
        {%- for column in ['lifecycle_stage', 'health_band'] %}
        customers.{{ column }}_label_en,
        customers.{{ column }}_label_ja,
        {%- endfor %}
        actions.expected_mrr_loss_90d,
        customers.csm_id,
        customers.cs_team,
        customers.account_name,
        customers.renewal_stage,
        customers.mrr,
        -- What could be won is not lost where the customer leaves.
        greatest(
            cast(customers.mrr * reasons.assumed_chance as decimal(18, 4)),
            case
                when reasons.is_growth then cast(0 as decimal(18, 4))
                else coalesce(
                    actions.expected_mrr_loss_90d,
                    cast(customers.mrr * cast(band_rates.churn_rate as decimal(9, 6)) as decimal(18, 4)),
                    cast(0 as decimal(18, 4))
                )
            end
        ) as mrr_at_stake
    from reasons
    inner join customers on reasons.account_id = customers.account_id
    inner join actions on reasons.account_id = actions.account_id and reasons.reason = actions.reason
    left join touch_models on actions.touch_model = touch_models.touch_model
    left join band_rates on actions.health_band = band_rates.health_band and band_rates.place = 1
),

final as (
    select
        items.account_id,
        items.account_name,
        items.csm_id,
        items.cs_team,
        items.reason,
        items.reason_label_en,
        items.reason_label_ja,
        items.evidence_en,
        items.evidence_ja,
        items.action,
        items.action_label_en,
        items.action_label_ja,
        {%- for column in ['touch_model', 'lifecycle_stage', 'health_band'] %}
        items.{{ column }},
        items.{{ column }}_label_en,
        items.{{ column }}_label_ja,
        {%- endfor %}
        items.renewal_stage,
        work_statuses.status,
        work_statuses.label_en as status_label_en,
        work_statuses.label_ja as status_label_ja,
        touches.last_activity_type,
        touches.last_response,
        verdicts.verdict as last_verdict,
        items.mrr,
        items.expected_mrr_loss_90d,
        items.mrr_at_stake,
        cast(row_number() over (
            partition by items.csm_id
            order by
                work_statuses.status_order asc, items.mrr_at_stake desc, items.reason_order asc, items.account_id asc
        ) as bigint) as priority,
        coalesce(touches.touches_since, 0) as touches_since,
        work_statuses.status = 'done'
        or coalesce(verdicts.is_closed and verdicts.verdict in ('done', 'saved', 'lost'), false) as is_done,
        items.as_of_date,
        items.arose_on,
        items.due_on,
        touches.done_on,
        touches.last_touched_on,
        case when verdicts.snoozed_until > items.as_of_date then verdicts.snoozed_until end as snoozed_until
    from items
    inner join work_statuses on items.account_id = work_statuses.account_id and items.reason = work_statuses.reason
    left join touches on items.account_id = touches.account_id and items.reason = touches.reason
    left join verdicts on items.account_id = verdicts.account_id and items.reason = verdicts.reason
)

select * from final
