{#- The marts of KPIs that mature, with the column that says whether a row has. -#}
{%- set marts = {
    'kpi_expansion_months': 'is_mature',
    'kpi_onboarding_months': 'is_mature',
    'kpi_renewal_months': 'is_decided',
    'kpi_upsell_care_months': 'is_mature',
} -%}
with kpis as (
    select dim_kpis.*
    from {{ ref('dim_kpis') }} as dim_kpis
    inner join {{ ref('maturing_kpis') }} as maturing_kpis on dim_kpis.kpi_id = maturing_kpis.kpi_id
),

final as (
    {%- for mart, is_mature in marts.items() %}
    select
        kpis.kpi_id,
        measured.month_start,
        measured.segment_dimension,
        measured.segment_value
    from {{ ref(mart) }} as measured
    inner join kpis on kpis.mart = '{{ mart }}'
    where not measured.{{ is_mature }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
