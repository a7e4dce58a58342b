-- Every contract due is in one of three states, with its MRR, and the mart shows every contract up to its
-- horizon.
with renewals as (
    select
        month_start,
        contracts_due,
        contracts_renewed + contracts_churned + contracts_open as contracts_in_a_state,
        mrr_due,
        mrr_churned + mrr_open as mrr_not_renewed
    from {{ ref('kpi_renewal_months') }}
    where segment_dimension = 'all'
),

contracts as (
    select
        month_start,
        count(*) as contracts,
        sum(mrr) as mrr,
        sum(case when outcome != 'renewed' then mrr end) as mrr_not_renewed
    from {{ ref('fct_contract_renewals') }}
    where months_until_due <= {{ var('renewal_horizon_months') }}
    group by month_start
)

select
    coalesce(renewals.month_start, contracts.month_start) as month_start,
    renewals.contracts_due,
    renewals.contracts_in_a_state,
    contracts.contracts,
    renewals.mrr_due,
    contracts.mrr
from renewals
full outer join contracts on renewals.month_start = contracts.month_start
where
    coalesce(renewals.contracts_due != renewals.contracts_in_a_state, true)
    or coalesce(renewals.contracts_due != contracts.contracts, true)
    or coalesce(renewals.mrr_due, 0) != coalesce(contracts.mrr, 0)
    or coalesce(renewals.mrr_not_renewed, 0) != coalesce(contracts.mrr_not_renewed, 0)
