with base as (
    select * from {{ ref('base_accounts') }}
),

final as (
    select
        account_id,
        account_name,
        created_at,
        country,
        industry,
        size_band,
        csm_id,
        acquisition_channel,
        region,
        onboarding_offered_at,
        referred_by_account_id,
        merged_into_account_id,
        is_test,
        parent_account_id,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
