{{ config(materialized='view') }}

with months as (
    select * from {{ ref('int_usage_coverage_months') }}
    where is_usage_recorded
),

account_months as (
    select * from {{ ref('int_account_months') }}
    where opening_mrr > 0 or closing_mrr > 0
),

segments as (
    select * from {{ ref('int_customer_segments') }}
),

-- Customers without a change on the month's first day get a row of zeros.
opening_days as (
    select
        account_months.account_id,
        months.month_start,
        greatest(months.month_start, months.first_recorded_on) as activity_date
    from account_months
    inner join months on account_months.month_start = months.month_start
),

stacked as (
    select * from {{ ref('int_active_user_changes') }}
    union all
    select
        opening_days.account_id,
        {%- for counted in ['active_users', 'active_issued_users', 'active_accounts'] %}
        {%- for days in [1, 7, 30] %}
        0 as {{ counted }}_{{ days }}d,
        {%- endfor %}
        {%- endfor %}
        0 as issued_users,
        opening_days.activity_date,
        opening_days.month_start
    from opening_days
    left join {{ ref('int_active_user_changes') }} as changes
        on
            opening_days.account_id = changes.account_id
            and opening_days.activity_date = changes.activity_date
    where changes.account_id is null
),

final as (
    select
        stacked.account_id,
        {{ month_segments() }},
        {%- for days in [1, 7, 30] %}
        case when months.are_users_known then stacked.active_users_{{ days }}d end
            as active_users_{{ days }}d_change,
        case
            when months.are_users_known and months.are_issued_users_known
                then stacked.active_issued_users_{{ days }}d
        end as active_issued_users_{{ days }}d_change,
        stacked.active_accounts_{{ days }}d as active_accounts_{{ days }}d_change,
        {%- endfor %}
        case when months.are_issued_users_known then stacked.issued_users end as issued_users_change,
        stacked.activity_date,
        stacked.month_start,
        months.closes_on
    from stacked
    inner join months on stacked.month_start = months.month_start
    inner join segments on stacked.account_id = segments.account_id
    left join account_months
        on stacked.account_id = account_months.account_id and stacked.month_start = account_months.month_start
)

select * from final
