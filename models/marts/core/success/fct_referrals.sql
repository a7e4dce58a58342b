-- One row per referred account. Where merged accounts were referred twice, the earlier referral counts.
with accounts as (
    select * from {{ ref('stg_accounts') }}
    where referred_by_account_id is not null
),

resolved as (
    select * from {{ ref('int_accounts_resolved') }}
),

customers as (
    select * from {{ ref('dim_accounts') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

-- Without created_at, an account counts as referred on the day of its first MRR.
referral_days as (
    select
        referred.customer_account_id as referred_account_id,
        referrers.customer_account_id as account_id,
        customers.first_mrr_date as converted_on,
        least(
            coalesce(
                {{ local_date('accounts.created_at', 'settings.reporting_timezone') }}, customers.first_mrr_date
            ),
            coalesce(
                customers.first_mrr_date, {{ local_date('accounts.created_at', 'settings.reporting_timezone') }}
            )
        ) as referred_on,
        settings.as_of_date
    from accounts
    cross join settings
    inner join resolved as referred on accounts.account_id = referred.account_id
    inner join resolved as referrers on accounts.referred_by_account_id = referrers.account_id
    inner join customers on referred.customer_account_id = customers.account_id
),

ranked_referrals as (
    select
        *,
        {{ month_start('referred_on') }} as month_start,
        row_number() over (partition by referred_account_id order by referred_on, account_id) as place
    from referral_days
    where referred_on <= as_of_date and account_id != referred_account_id
),

first_referrals as (
    select * from ranked_referrals
    where place = 1
),

final as (
    select
        first_referrals.referred_account_id,
        {{ customer_segments() }},
        first_referrals.converted_on is not null as is_converted,
        first_referrals.referred_on,
        first_referrals.converted_on,
        first_referrals.month_start
    from first_referrals
    {{ join_customer_segments('first_referrals') }}
)

select * from final
