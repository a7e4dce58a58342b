with contracts as (
    select * from {{ ref('fct_contract_renewals') }}
    where months_until_due <= {{ var('renewal_horizon_months') }}
),

summed as (
    select
        month_start,
        {{ segment_columns() }},
        count(*) as contracts_due,
        {{ count_where("outcome = 'renewed'") }} as contracts_renewed,
        {{ count_where("outcome = 'churned'") }} as contracts_churned,
        {{ count_where("outcome = 'open'") }} as contracts_open,
        sum(mrr) as mrr_due,
        sum(case when outcome != 'open' then mrr end) as mrr_decided,
        sum(case when outcome = 'renewed' then renewed_mrr end) as mrr_renewed,
        sum(case when outcome = 'renewed' and mrr is not null then least(mrr, renewed_mrr) end) as mrr_kept,
        sum(case when outcome = 'churned' then mrr end) as mrr_churned,
        sum(case when outcome = 'open' then mrr end) as mrr_open
    from contracts
    {{ group_by_segments(['month_start']) }}
),

-- A rate of what is due is NULL while a contract is open: what is undecided is not lost. MRR is NULL where no contract of the month has an amount; otherwise renewals or churns that did not happen are 0.
final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        cast(contracts_due as bigint) as contracts_due,
        contracts_renewed,
        contracts_churned,
        contracts_open,
        contracts_renewed + contracts_churned as contracts_decided,
        contracts_open = 0 as is_decided,
        case when contracts_open = 0 then {{ rate('contracts_renewed', 'contracts_due') }} end as renewal_rate,
        {{ rate('contracts_renewed', 'contracts_renewed + contracts_churned') }} as decided_renewal_rate,
        cast(mrr_due as decimal(18, 4)) as mrr_due,
        case
            when coalesce(mrr_due, mrr_renewed) is not null
                then cast(coalesce(mrr_renewed, 0) as decimal(18, 4))
        end as mrr_renewed,
        case when mrr_due is not null then cast(coalesce(mrr_churned, 0) as decimal(18, 4)) end
            as mrr_churned,
        case when mrr_due is not null then cast(coalesce(mrr_open, 0) as decimal(18, 4)) end as mrr_open,
        cast(mrr_decided as decimal(18, 4)) as mrr_decided,
        case when mrr_due is not null then cast(coalesce(mrr_kept, 0) as decimal(18, 4)) end as mrr_kept,
        case when contracts_open = 0 then {{ rate('coalesce(mrr_renewed, 0)', 'mrr_due') }} end as mrr_renewal_rate,
        {{ rate('coalesce(mrr_renewed, 0)', 'mrr_decided') }} as decided_mrr_renewal_rate,
        case when contracts_open = 0 then {{ rate('coalesce(mrr_kept, 0)', 'mrr_due') }} end as gross_mrr_renewal_rate
    from summed
)

select * from final
