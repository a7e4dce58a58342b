with history as (
    select * from {{ source('health', 'score_history') }}
),

final as (
    select
        cast(account_id as string) as account_id,

        cast(config_version as string) as config_version,
        cast(main_reason as string) as main_reason,
        cast(timing_reason as string) as timing_reason,

        cast(score as double) as score,
        cast(coverage as double) as coverage,
        {%- for axis in health_axes() %}
        cast({{ axis }}_score as double) as {{ axis }}_score,
        {%- endfor %}

        cast(as_of_date as date) as as_of_date
    from history
)

select * from final
