-- A segment opens as it closed. Segments of the month, such as the plan, are left out: accounts move between them; so are
-- manager, team and region where account_assignments says since when.
{%- set assigned = var('segments') | selectattr('is_assigned', 'defined') | map(attribute='dimension') | list %}
with assigned_dimensions as (
    {%- for dimension in assigned %}
    select '{{ dimension }}' as segment_dimension
    where exists (select 1 from {{ ref('int_account_assignment_months') }})
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

last_month as (
    select max(month_start) as month_start from {{ ref('dim_months') }}
),

months as (
    {%- for mart, measure in [
        ('kpi_mrr_months', 'mrr'),
        ('kpi_mrr_months_gross', 'mrr'),
        ('kpi_customer_retention_months', 'customers'),
    ] %}
    select
        '{{ mart }}' as mart,
        measured.month_start,
        measured.segment_dimension,
        measured.segment_value,
        cast(measured.opening_{{ measure }} as decimal(18, 4)) as opening,
        cast(measured.closing_{{ measure }} as decimal(18, 4)) as closing
    from {{ ref(mart) }} as measured
    left join assigned_dimensions on measured.segment_dimension = assigned_dimensions.segment_dimension
    where
        measured.segment_dimension not in ('{{ segment_dimensions("month").keys() | join("', '") }}')
        and assigned_dimensions.segment_dimension is null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

openings as (
    select
        mart,
        month_start,
        segment_dimension,
        segment_value,
        opening
    from months
    where opening != 0
),

closings as (
    select
        months.mart,
        {{ add_months('months.month_start', 1) }} as month_start,
        months.segment_dimension,
        months.segment_value,
        months.closing as previous_closing
    from months
    inner join last_month on months.month_start < last_month.month_start
    where months.closing != 0
)

select
    coalesce(openings.mart, closings.mart) as mart,
    coalesce(openings.month_start, closings.month_start) as month_start,
    coalesce(openings.segment_dimension, closings.segment_dimension) as segment_dimension,
    coalesce(openings.segment_value, closings.segment_value) as segment_value,
    closings.previous_closing,
    openings.opening
from openings
full outer join closings
    on
        openings.mart = closings.mart
        and openings.month_start = closings.month_start
        and openings.segment_dimension = closings.segment_dimension
        and openings.segment_value = closings.segment_value
where coalesce(openings.opening != closings.previous_closing, true)
