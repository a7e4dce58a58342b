with activities as (
    select * from {{ ref('fct_cs_activities') }}
),

closing_customers as (
    select
        account_id,
        month_start
    from {{ ref('int_account_months') }}
    where closing_mrr > 0
),

summed as (
    select
        account_id,
        {%- for column in segment_dimensions().values() %}
        {{ 'account_csm_id' if column == 'csm_id' else column }} as {{ column }},
        {%- endfor %}
        activity_type,
        touch_kind,
        count(*) as touches,
        {{ count_where("initiated_by = 'company'") }} as proactive_touches,
        {{ count_where('csm_id is not null') }} as personal_touches,
        {{ count_where('is_two_way') }} as two_way_touches,
        month_start
    from activities
    group by
        account_id,
        {%- for column in segment_dimensions().values() %}
        {{ 'account_csm_id' if column == 'csm_id' else column }},
        {%- endfor %}
        activity_type,
        touch_kind,
        month_start
),

final as (
    select
        summed.account_id,
        {%- for column in segment_dimensions().values() %}
        summed.{{ column }},
        {%- endfor %}
        summed.activity_type,
        summed.touch_kind,
        cast(summed.touches as bigint) as touches,
        summed.proactive_touches,
        summed.personal_touches,
        summed.two_way_touches,
        closing_customers.account_id is not null as is_customer,
        summed.month_start
    from summed
    left join closing_customers
        on summed.account_id = closing_customers.account_id and summed.month_start = closing_customers.month_start
)

select * from final
