with contributions as (
    select * from {{ source('health', 'account_contributions') }}
),

measures as (
    select * from {{ ref('health_measures') }}
),

final as (
    select
        cast(contributions.account_id as string) as account_id,

        cast(contributions.measure_id as string) as measure_id,
        cast(measures.label_en as string) as measure_label_en,
        cast(measures.label_ja as string) as measure_label_ja,
        cast(contributions.axis as string) as axis,
        cast(contributions.reason_not_used as string) as reason_not_used,

        cast(contributions.raw_value as double) as raw_value,
        cast(contributions.normalised_value as double) as normalised_value,
        cast(contributions.weight as double) as weight,
        cast(contributions.contribution as double) as contribution,
        cast(contributions.points_lost as double) as points_lost,

        cast(contributions.is_used as boolean) as is_used,

        cast(contributions.as_of_date as date) as as_of_date
    from contributions
    left join measures on contributions.measure_id = measures.measure_id
)

select * from final
