-- Upsell + cross-sell = expansion, in every account month and between the two marts by segment.
with account_months as (
    select * from {{ ref('fct_account_months') }}
),

expansion_months as (
    select * from {{ ref('kpi_expansion_months') }}
),

mrr_months as (
    select * from {{ ref('kpi_mrr_months') }}
)

select
    month_start,
    'account' as split_by,
    account_id as split_value,
    expansion_mrr,
    upsell_mrr,
    cross_sell_mrr
from account_months
where expansion_mrr != upsell_mrr + cross_sell_mrr or upsell_mrr < 0 or cross_sell_mrr < 0
union all
select
    coalesce(mrr_months.month_start, expansion_months.month_start) as month_start,
    coalesce(mrr_months.segment_dimension, expansion_months.segment_dimension) as split_by,
    coalesce(mrr_months.segment_value, expansion_months.segment_value) as split_value,
    mrr_months.expansion_mrr,
    expansion_months.upsell_mrr,
    expansion_months.cross_sell_mrr
from mrr_months
full outer join expansion_months
    on
        mrr_months.month_start = expansion_months.month_start
        and mrr_months.segment_dimension = expansion_months.segment_dimension
        and mrr_months.segment_value = expansion_months.segment_value
where
    coalesce(mrr_months.expansion_mrr != expansion_months.upsell_mrr + expansion_months.cross_sell_mrr, true)
