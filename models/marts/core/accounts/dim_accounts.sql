with customers as (
    select * from {{ ref('int_customers') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

first_changes as (
    select distinct
        account_id,
        first_mrr_date
    from {{ ref('int_account_mrr_movements') }}
),

account_months as (
    select * from {{ ref('int_account_months') }}
),

cohorts as (
    select distinct
        account_id,
        cohort_month
    from account_months
),

current_months as (
    select account_months.*
    from account_months
    inner join settings on account_months.month_start = {{ month_start('settings.as_of_date') }}
),

final as (
    select
        customers.account_id,
        customers.account_name,
        customers.parent_account_id,
        {%- for column in segment_dimensions('account').values() %}
        customers.{{ column }},
        {%- endfor %}
        coalesce(current_months.closing_mrr, cast(0 as decimal(18, 4))) as current_mrr,
        coalesce(current_months.closing_mrr > 0, false) as is_customer,
        first_changes.first_mrr_date,
        cohorts.cohort_month,
        customers.created_at
    from customers
    left join first_changes on customers.account_id = first_changes.account_id
    left join cohorts on customers.account_id = cohorts.account_id
    left join current_months on customers.account_id = current_months.account_id
)

select * from final
