with responses as (
    select * from {{ ref('fct_survey_responses') }}
    where survey_kind = 'nps'
),

months as (
    select month_start from {{ ref('dim_months') }}
    union all
    select month_start from responses
),

last_month as (
    select max(month_start) as month_start from months
),

offsets as (
    select 0 as months_ago
    union all
    select 1 as months_ago
    union all
    select 2 as months_ago
),

-- Each answer counts in the windows of three months.
windows as (
    select
        responses.*,
        offsets.months_ago,
        {{ add_months('responses.month_start', 'offsets.months_ago') }} as window_month
    from responses
    cross join offsets
),

-- The latest answer of a respondent in the window counts; if it is of the last month, it is also that month's answer.
-- Each answer without a user counts as one respondent.
ranked as (
    select
        windows.*,
        row_number() over (
            partition by
                windows.window_month,
                windows.user_id,
                case when windows.user_id is null then windows.response_id end
            order by windows.responded_at desc, windows.response_id desc
        ) as place
    from windows
    inner join last_month on windows.window_month <= last_month.month_start
),

summed as (
    select
        window_month as month_start,
        {{ segment_columns() }},
        {{ count_where('months_ago = 0') }} as responses,
        {{ count_where("months_ago = 0 and response_class = 'promoter'") }} as promoters,
        {{ count_where("months_ago = 0 and response_class = 'passive'") }} as passives,
        {{ count_where("months_ago = 0 and response_class = 'detractor'") }} as detractors,
        count(*) as responses_3m,
        {{ count_where("response_class = 'promoter'") }} as promoters_3m,
        {{ count_where("response_class = 'detractor'") }} as detractors_3m
    from ranked
    where place = 1
    {{ group_by_segments(['window_month']) }}
),

final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        responses,
        promoters,
        passives,
        detractors,
        cast(responses_3m as bigint) as responses_3m,
        promoters_3m,
        detractors_3m,
        promoters - detractors as net_promoters,
        promoters_3m - detractors_3m as net_promoters_3m,
        100 * {{ rate('promoters - detractors', 'responses') }} as nps,
        100 * {{ rate('promoters_3m - detractors_3m', 'responses_3m') }} as nps_3m
    from summed
)

select * from final
