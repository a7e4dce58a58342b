with activities as (
    select * from {{ ref('fct_cs_activities') }}
),

account_months as (
    select * from {{ ref('fct_account_months') }}
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
        coalesce(account_months.is_closing_customer, false) as is_customer,
        summed.month_start
    from summed
    left join account_months
        on summed.account_id = account_months.account_id and summed.month_start = account_months.month_start
)

select * from final
