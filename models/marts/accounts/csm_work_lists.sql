with open_items as (
    select
        *,
        row_number() over (partition by account_id order by priority) as place
    from {{ ref('csm_work_items') }}
    where status = 'open'
),

limits as (
    select
        max(case when setting_id = 'customers_per_csm' then setting_value end) as per_csm,
        max(case when setting_id = 'customers_in_pool' then setting_value end) as in_pool
    from {{ ref('work_settings') }}
),

-- A customer comes once, with its three costliest reasons; what to do is for the first.
customers as (
    select
        account_id,
        {%- for place in [1, 2, 3] %}
        {%- for column in ['reason', 'reason_label_en', 'reason_label_ja', 'evidence_en', 'evidence_ja'] %}
        max(case when place = {{ place }} then {{ column }} end) as {{ column | replace('reason', 'reason_' ~ place) | replace('evidence', 'evidence_' ~ place) }},
        {%- endfor %}
        {%- endfor %}
        count(*) as reasons
    from open_items
    group by account_id
),

ranked as (
    select
        *,
        cast(row_number() over (partition by csm_id order by priority) as bigint) as position,
        count(*) over (partition by csm_id) as customers_open
    from open_items
    where place = 1
),

final as (
    select
        ranked.account_id,
        ranked.account_name,
        ranked.csm_id,
        ranked.cs_team,
        {%- for column in ['touch_model', 'lifecycle_stage', 'health_band'] %}
        ranked.{{ column }},
        ranked.{{ column }}_label_en,
        ranked.{{ column }}_label_ja,
        {%- endfor %}
        ranked.renewal_stage,
        {%- for place in [1, 2, 3] %}
        {%- for column in ['reason', 'reason_label_en', 'reason_label_ja', 'evidence_en', 'evidence_ja'] %}
        customers.{{ column | replace('reason', 'reason_' ~ place) | replace('evidence', 'evidence_' ~ place) }},
        {%- endfor %}
        {%- endfor %}
        ranked.action as next_action,
        ranked.action_label_en as next_action_label_en,
        ranked.action_label_ja as next_action_label_ja,
        ranked.mrr,
        ranked.expected_mrr_loss_90d,
        ranked.mrr_at_stake,
        ranked.position,
        customers.reasons,
        ranked.customers_open,
        ranked.as_of_date,
        ranked.due_on,
        ranked.last_touched_on
    from ranked
    cross join limits
    inner join customers on ranked.account_id = customers.account_id
    where ranked.position <= case when ranked.csm_id is null then limits.in_pool else limits.per_csm end
)

select * from final
