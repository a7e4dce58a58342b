-- Opening + new + reactivated − churned customers = closing customers.
with months as (
    select
        month_start,
        segment_dimension,
        segment_value,
        opening_customers,
        new_customers,
        reactivated_customers,
        churned_customers,
        closing_customers,
        opening_customers + new_customers + reactivated_customers - churned_customers
            as expected_closing_customers,
        involuntary_churned_customers
    from {{ ref('kpi_customer_retention_months') }}
)

select * from months
where closing_customers != expected_closing_customers or involuntary_churned_customers > churned_customers
