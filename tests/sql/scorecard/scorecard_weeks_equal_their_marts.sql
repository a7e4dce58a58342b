-- A week that closes with its month has the month's MRR; daily use is the mean of its days and monthly use that of its last;
-- movements of MRR over all weeks are those of the ledger.
with scorecard as (
    select * from {{ ref('kpi_scorecard_weeks') }}
),

kpis as (
    select * from {{ ref('dim_kpis') }}
),

months as (
    select
        dim_months.closes_on,
        kpi_mrr_months.closing_mrr
    from {{ ref('kpi_mrr_months') }} as kpi_mrr_months
    inner join {{ ref('dim_months') }} as dim_months on kpi_mrr_months.month_start = dim_months.month_start
    where kpi_mrr_months.segment_dimension = 'all'
),

use_weeks as (
    select
        {{ week_start('activity_date') }} as week_start,
        cast(sum(dau) as double) / nullif(count(dau), 0) as dau,
        cast(max_by(mau, activity_date) as double) as mau,
        cast(sum(dau) as double) / nullif(sum(mau), 0) as stickiness
    from {{ ref('kpi_active_users_days') }}
    where segment_dimension = 'all'
    group by {{ week_start('activity_date') }}
),

ledger as (
    select sum(closing_mrr - opening_mrr - fx_impact_mrr) as net_new_mrr
    from {{ ref('kpi_mrr_months_gross') }}
    where segment_dimension = 'all'
),

weeks_total as (
    select sum(value) as net_new_mrr from scorecard
    where kpi_id = 'net_new_mrr'
)

select
    scorecard.kpi_id,
    scorecard.week_start,
    scorecard.value,
    cast(months.closing_mrr as double) as expected_value
from scorecard
inner join months on scorecard.closes_on = months.closes_on
where scorecard.kpi_id = 'closing_mrr' and scorecard.value is distinct from cast(months.closing_mrr as double)
union all
select
    scorecard.kpi_id,
    scorecard.week_start,
    scorecard.value,
    case kpis.value_column when 'dau' then use_weeks.dau when 'mau' then use_weeks.mau else use_weeks.stickiness end
        as expected_value
from scorecard
inner join kpis on scorecard.kpi_id = kpis.kpi_id
left join use_weeks on scorecard.week_start = use_weeks.week_start
where
    kpis.mart = 'kpi_active_users_days'
    and kpis.value_column in ('dau', 'mau', 'stickiness')
    and scorecard.value is distinct from
    case kpis.value_column when 'dau' then use_weeks.dau when 'mau' then use_weeks.mau else use_weeks.stickiness end
union all
select
    'net_new_mrr' as kpi_id,
    cast(null as date) as week_start,
    weeks_total.net_new_mrr as value,
    cast(ledger.net_new_mrr as double) as expected_value
from weeks_total
cross join ledger
where abs(weeks_total.net_new_mrr - ledger.net_new_mrr) > 0.01
