-- Outcomes of an account after each as-of date. Only backtests read this; a score never does.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

account_months as (
    select * from {{ ref('fct_account_months') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

movements as (
    select * from {{ ref('fct_mrr_movements') }}
    where movement_type in ('churn', 'expansion')
),

logins as (
    select
        users.account_id,
        min({{ local_date('users.first_login_at', 'settings.reporting_timezone') }}) as first_login_on
    from {{ ref('dim_users') }} as users
    cross join settings
    group by users.account_id
),

onboarding as (
    select
        onboarding.account_id,
        onboarding.is_completed,
        {{ local_date('onboarding.completed_at', 'settings.reporting_timezone') }} as completed_on
    from {{ ref('fct_onboarding_accounts') }} as onboarding
    cross join settings
),

account_numbers as (
    select
        account_id,
        row_number() over (order by account_id) as account_number
    from account_dates
    group by account_id
),

next_movements as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        min(case when movements.movement_type = 'churn' then movements.movement_date end) as next_churn_on,
        min(case when movements.movement_type = 'expansion' then movements.movement_date end)
            as next_expansion_on
    from account_dates
    inner join movements
        on
            account_dates.account_id = movements.account_id
            and account_dates.as_of_date < movements.movement_date
    group by account_dates.account_id, account_dates.as_of_date
),

final as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        {%- for column in segment_dimensions().values() %}
        account_months.{{ column }},
        {%- endfor %}
        account_numbers.account_number,
        account_dates.mrr,
        cast(case when logins.first_login_on <= account_dates.as_of_date then 1 else 0 end as double)
            as first_login,
        case
            when onboarding.completed_on <= account_dates.as_of_date then cast(1 as double)
            when onboarding.is_completed is not null then cast(0 as double)
        end as onboarding_completed,
        next_movements.next_churn_on,
        next_movements.next_expansion_on
    from account_dates
    inner join account_numbers on account_dates.account_id = account_numbers.account_id
    inner join account_months
        on
            account_dates.account_id = account_months.account_id
            and account_dates.month_start = account_months.month_start
    left join next_movements
        on
            account_dates.account_id = next_movements.account_id
            and account_dates.as_of_date = next_movements.as_of_date
    left join logins on account_dates.account_id = logins.account_id
    left join onboarding on account_dates.account_id = onboarding.account_id
)

select * from final
