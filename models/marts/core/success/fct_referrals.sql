-- Who was recommended by whom. A merged account counts for the other, which then was recommended first by the earlier.
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

-- Without a day of its own, an account came with its first MRR.
dated as (
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

placed as (
    select
        *,
        {{ month_start('referred_on') }} as month_start,
        row_number() over (partition by referred_account_id order by referred_on, account_id) as place
    from dated
    where referred_on <= as_of_date and account_id != referred_account_id
),

firsts as (
    select * from placed
    where place = 1
),

final as (
    select
        firsts.referred_account_id,
        {{ customer_segments() }},
        firsts.converted_on is not null as is_converted,
        firsts.referred_on,
        firsts.converted_on,
        firsts.month_start
    from firsts
    {{ join_customer_segments('firsts') }}
)

select * from final
