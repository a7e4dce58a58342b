with outcomes as (
    select * from {{ ref('int_campaign_outcomes') }}
),

final as (
    select
        campaign_id,
        outcome,
        size_band,
        tenure_band,
        activity_band,
        case when is_customer then 'customer' else 'prospect' end as account_status,
        {%- for arm, condition in {'treated': 'is_treated', 'control': 'not is_treated'}.items() %}
        {{ count_where(condition) }} as {{ arm }}_accounts,
        {{ count_where(condition ~ ' and is_reached') }} as {{ arm }}_reached,
        {{ count_where(condition ~ ' and has_csm') }} as {{ arm }}_with_csm,
        {{ count_where(condition ~ ' and has_contract') }} as {{ arm }}_with_contract,
        {{ count_where(condition ~ ' and has_products') }} as {{ arm }}_with_products{{ ',' if not loop.last }}
        {%- endfor %}
    from outcomes
    group by
        campaign_id, outcome, size_band, tenure_band, activity_band,
        case when is_customer then 'customer' else 'prospect' end
)

select * from final
