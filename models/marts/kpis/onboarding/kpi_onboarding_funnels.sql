with account_steps as (
    select * from {{ ref('fct_onboarding_steps') }}
),

steps as (
    select * from {{ ref('onboarding_steps') }}
),

summed as (
    select
        month_start,
        step_order,
        step_key,
        {{ segment_columns() }},
        cast(count(*) as bigint) as accounts_offered,
        {{ count_known('is_passed_within_window') }} as accounts_reached,
        {{ count_known('is_reached') }} as accounts_reached_to_date,
        {{ count_where('is_skipped') }} as accounts_skipped,
        {{ count_known('is_done') }} as accounts_done,
        {{ count_known('is_done_within_window') }} as accounts_done_in_time,
        {{ quantile('case when is_done then days_to_reach end', 0.5) }} as median_days_to_reach,
        {{ quantile('case when is_done then days_to_reach end', 0.9) }} as p90_days_to_reach,
        min(case when is_mature then 1 else 0 end) = 1 as is_mature
    from account_steps
    {{ group_by_segments(['month_start', 'step_order', 'step_key']) }}
),

numbered as (
    select
        *,
        step_order = min(step_order) over (
            partition by month_start, segment_dimension, segment_value
        ) as is_first_step
    from summed
),

preceded as (
    select
        *,
        case
            when is_first_step then accounts_offered
            else lag(accounts_reached) over (
                partition by month_start, segment_dimension, segment_value order by step_order
            )
        end as accounts_before,
        case
            when is_first_step then accounts_offered
            else lag(accounts_reached_to_date) over (
                partition by month_start, segment_dimension, segment_value order by step_order
            )
        end as accounts_before_to_date
    from numbered
),

final as (
    select
        preceded.month_start,
        preceded.step_order,
        preceded.step_key,
        steps.label_en as step_label_en,
        steps.label_ja as step_label_ja,
        preceded.segment_dimension,
        preceded.segment_value,
        preceded.accounts_offered,
        preceded.accounts_reached,
        preceded.accounts_reached_to_date,
        preceded.accounts_skipped,
        preceded.accounts_done,
        preceded.accounts_done_in_time,
        {{ rate('preceded.accounts_reached', 'preceded.accounts_offered') }} as reach_rate,
        {{ rate('preceded.accounts_reached', 'preceded.accounts_before') }} as step_conversion_rate,
        {{ rate('preceded.accounts_reached_to_date', 'preceded.accounts_offered') }} as reach_rate_to_date,
        {{ rate('preceded.accounts_reached_to_date', 'preceded.accounts_before_to_date') }}
            as step_conversion_rate_to_date,
        {{ rate('preceded.accounts_done_in_time', 'preceded.accounts_offered') }} as done_rate,
        preceded.median_days_to_reach,
        preceded.p90_days_to_reach,
        preceded.is_mature
    from preceded
    inner join steps on preceded.step_key = steps.step_key
)

select * from final
