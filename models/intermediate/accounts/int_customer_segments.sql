-- What segments show for an attribute that is not known.
with customers as (
    select * from {{ ref('int_customers') }}
),

final as (
    select
        account_id,
        coalesce(country, 'unknown') as country,
        coalesce(region, 'unknown') as region,
        coalesce(industry, 'unknown') as industry,
        coalesce(size_band, 'unknown') as size_band,
        coalesce(acquisition_channel, 'unknown') as acquisition_channel,
        coalesce(csm_id, 'unknown') as csm_id,
        coalesce(cs_team, 'unknown') as cs_team
    from customers
)

select * from final
