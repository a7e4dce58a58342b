with accounts as (
    select * from {{ ref('fct_onboarding_accounts') }}
),

summed as (
    select
        month_start,
        {{ segment_columns() }},
        cast(count(*) as bigint) as accounts_offered,
        {{ count_known('is_completed_within_window') }} as accounts_completed,
        {{ count_known('is_completed') }} as accounts_completed_to_date,
        {{ quantile('days_to_complete', 0.5) }} as median_days_to_complete,
        {{ quantile('days_to_complete', 0.9) }} as p90_days_to_complete,
        min(case when is_mature then 1 else 0 end) = 1 as is_mature
    from accounts
    {{ group_by_segments(['month_start']) }}
),

final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        accounts_offered,
        accounts_completed,
        accounts_completed_to_date,
        {{ rate('accounts_completed', 'accounts_offered') }} as onboarding_completion_rate,
        {{ rate('accounts_completed_to_date', 'accounts_offered') }} as onboarding_completion_rate_to_date,
        median_days_to_complete,
        p90_days_to_complete,
        is_mature
    from summed
)

select * from final
