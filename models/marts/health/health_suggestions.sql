with suggestions as (
    select * from {{ source('health', 'suggestions') }}
),

final as (
    select
        cast(measure_id as string) as measure_id,
        cast(weight as double) as weight,
        cast(suggested_weight as double) as suggested_weight
    from suggestions
)

select * from final
