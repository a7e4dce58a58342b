with kpis as (
    select * from {{ ref('dim_kpis') }}
),

links as (
    select * from {{ ref('kpi_links') }}
),

final as (
    select
        kpi_id,
        parent_kpi_id as serves_kpi_id,
        true as is_parent
    from kpis
    where parent_kpi_id is not null
    union all
    select
        kpi_id,
        serves_kpi_id,
        false as is_parent
    from links
)

select * from final
