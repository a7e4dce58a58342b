with base as (
    select * from {{ ref('base_contracts') }}
),

final as (
    select
        contract_id,
        account_id,
        started_at,
        ends_at,
        mrr,
        currency,
        outcome,
        decided_at,
        renewed_mrr,
        auto_renews,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
