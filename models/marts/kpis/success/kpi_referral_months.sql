with referral_months as (
    select * from {{ ref('fct_account_referral_months') }}
),

summed as (
    select
        month_start,
        {{ segment_columns() }},
        {{ count_known('is_candidate') }} as candidates,
        {{ count_known('referral_requests > 0') }} as asked,
        {{ count_known('referral_offers > 0') }} as offered,
        sum(referred_accounts) as referred,
        sum(converted_accounts) as converted
    from referral_months
    {{ group_by_segments(['month_start']) }}
),

final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        candidates,
        asked,
        offered,
        cast(referred as bigint) as referred,
        cast(converted as bigint) as converted
    from summed
)

select * from final
