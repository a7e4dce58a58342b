{{ config(materialized='view') }}

with account_components as (
    select * from {{ ref('int_account_kpi_components') }}
),

kpis as (
    select * from {{ ref('dim_kpis') }}
    where is_focus
),

first_month as (
    select {{ add_months('max(month_start)', -12) }} as month_start from {{ ref('dim_months') }}
),

final as (
    select
        account_components.kpi_id,
        account_components.month_start,
        cast(account_components.account_id as string) as account_id,
        cast(account_components.numerator as double) as numerator,
        cast(account_components.denominator as double) as denominator
    from account_components
    inner join kpis on account_components.kpi_id = kpis.kpi_id
    inner join first_month on account_components.month_start >= first_month.month_start
)

select * from final
