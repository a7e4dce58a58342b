with opportunity_months as (
    select * from {{ ref('fct_opportunity_months') }}
    where is_csql
),

summed as (
    select
        month_start,
        {{ segment_columns() }},
        {{ count_where('is_created') }} as csqls_created,
        {{ count_where('is_accepted') }} as csqls_accepted,
        {{ count_where('is_won') }} as csqls_won,
        {{ count_where('is_lost') }} as csqls_lost,
        {{ count_where('is_open_at_close') }} as csqls_open,
        sum(case when is_open_at_close then coalesce(mrr, 0) else 0 end) as pipeline_mrr,
        sum(case when is_won then coalesce(mrr, 0) else 0 end) as won_mrr
    from opportunity_months
    {{ group_by_segments(['month_start']) }}
),

final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        csqls_created,
        csqls_accepted,
        csqls_won,
        csqls_lost,
        csqls_open,
        cast(pipeline_mrr as decimal(18, 4)) as pipeline_mrr,
        cast(won_mrr as decimal(18, 4)) as won_mrr,
        csqls_won + csqls_lost as csqls_decided,
        {{ rate('csqls_won', 'csqls_won + csqls_lost') }} as win_rate
    from summed
)

select * from final
