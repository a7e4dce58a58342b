-- Both conventions have the same opening and the same closing MRR.
with headline as (
    select * from {{ ref('kpi_mrr_months') }}
),

gross as (
    select * from {{ ref('kpi_mrr_months_gross') }}
)

select
    coalesce(headline.month_start, gross.month_start) as month_start,
    coalesce(headline.segment_dimension, gross.segment_dimension) as segment_dimension,
    coalesce(headline.segment_value, gross.segment_value) as segment_value,
    headline.opening_mrr as headline_opening_mrr,
    gross.opening_mrr as gross_opening_mrr,
    headline.closing_mrr as headline_closing_mrr,
    gross.closing_mrr as gross_closing_mrr
from headline
full outer join gross
    on
        headline.month_start = gross.month_start
        and headline.segment_dimension = gross.segment_dimension
        and headline.segment_value = gross.segment_value
where
    coalesce(headline.opening_mrr, 0) != coalesce(gross.opening_mrr, 0)
    or coalesce(headline.fx_impact_mrr, 0) != coalesce(gross.fx_impact_mrr, 0)
    or coalesce(headline.closing_mrr, 0) != coalesce(gross.closing_mrr, 0)
