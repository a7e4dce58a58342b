-- Band changes since the previous date.
{%- set axes = health_axes() %}

with scores as (
    select * from {{ ref('account_health_scores') }}
),

bands as (
    select * from {{ ref('health_bands') }}
),

preceded as (
    select
        *,
        lag(as_of_date) over (partition by account_id order by as_of_date) as previous_as_of_date,
        lag(health_band) over (partition by account_id order by as_of_date) as previous_health_band,
        lag(score) over (partition by account_id order by as_of_date) as previous_score,
        lag(main_reason) over (partition by account_id order by as_of_date) as previous_main_reason
        {%- for axis in axes %},
        coalesce({{ axis }}_score - lag({{ axis }}_score) over (partition by account_id order by as_of_date), 0)
            as {{ axis }}_change
        {%- endfor %}
    from scores
),

changed as (
    select
        *,
        greatest({% for axis in axes %}{{ axis }}_change{{ ', ' if not loop.last }}{% endfor %}) as most_won,
        least({% for axis in axes %}{{ axis }}_change{{ ', ' if not loop.last }}{% endfor %}) as most_lost
    from preceded
    where health_band != previous_health_band
),

directed_changes as (
    select
        changed.*,
        case
            when bands.min_score is not null and previous_bands.min_score is not null
                then bands.min_score > previous_bands.min_score
        end as is_improvement
    from changed
    left join bands on changed.health_band = bands.health_band
    left join bands as previous_bands on changed.previous_health_band = previous_bands.health_band
),

final as (
    select
        cast(account_id as string) as account_id,

        cast(previous_health_band as string) as previous_health_band,
        cast(health_band as string) as health_band,
        cast(case
            {%- for axis in axes %}
            when is_improvement and most_won > 0 and {{ axis }}_change = most_won then '{{ axis }}'
            {%- endfor %}
            {%- for axis in axes %}
            when not is_improvement and most_lost < 0 and {{ axis }}_change = most_lost then '{{ axis }}'
            {%- endfor %}
        end as string) as changed_axis,
        cast(case when is_improvement then previous_main_reason else main_reason end as string) as reason,
        cast(next_best_action as string) as next_best_action,
        cast(config_version as string) as config_version,

        cast(previous_score as double) as previous_score,
        cast(score as double) as score,

        cast(is_improvement as boolean) as is_improvement,

        cast(previous_as_of_date as date) as previous_as_of_date,
        cast(as_of_date as date) as as_of_date
    from directed_changes
)

select * from final
