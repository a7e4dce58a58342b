with candidates as (
    select * from {{ ref('int_referral_candidates') }}
),

activities as (
    select * from {{ ref('int_cs_activities') }}
),

referrals as (
    select * from {{ ref('fct_referrals') }}
),

supplied_inputs as (
    select * from {{ ref('int_supplied_inputs') }}
),

known_columns as (
    select
        (select count(is_referral_candidate) > 0 from candidates) as are_candidates_known,
        (select count(*) > 0 from referrals) as are_referrals_known
),

referral_events as (
    select
        account_id,
        month_start,
        1 as candidates,
        0 as offers,
        0 as requests,
        0 as referred,
        0 as converted
    from candidates
    where is_referral_candidate
    union all
    select
        account_id,
        month_start,
        0 as candidates,
        1 as offers,
        0 as requests,
        0 as referred,
        0 as converted
    from activities
    where is_referral
    union all
    select
        account_id,
        month_start,
        0 as candidates,
        0 as offers,
        1 as requests,
        0 as referred,
        0 as converted
    from activities
    where activity_type = 'referral_request'
    union all
    select
        account_id,
        month_start,
        0 as candidates,
        0 as offers,
        0 as requests,
        1 as referred,
        0 as converted
    from referrals
    union all
    select
        account_id,
        {{ month_start('converted_on') }} as month_start,
        0 as candidates,
        0 as offers,
        0 as requests,
        0 as referred,
        1 as converted
    from referrals
    where converted_on is not null
),

summed as (
    select
        account_id,
        month_start,
        max(candidates) = 1 as is_candidate,
        sum(offers) as offers,
        sum(requests) as requests,
        sum(referred) as referred,
        sum(converted) as converted
    from referral_events
    group by account_id, month_start
),

final as (
    select
        {{ customer_segments() }},
        case when supplied_inputs.has_cs_activities then cast(summed.offers as bigint) end as referral_offers,
        case when supplied_inputs.has_cs_activities then cast(summed.requests as bigint) end as referral_requests,
        case when known_columns.are_referrals_known then cast(summed.referred as bigint) end as referred_accounts,
        case when known_columns.are_referrals_known then cast(summed.converted as bigint) end as converted_accounts,
        case when known_columns.are_candidates_known then summed.is_candidate end as is_candidate,
        summed.month_start
    from summed
    cross join supplied_inputs
    cross join known_columns
    {{ join_customer_segments('summed') }}
)

select * from final
