-- Every lead has one channel, `unknown` where it is not known.
with summed as (
    select
        month_start,
        {%- for measure in ['leads', 'qualified', 'opportunities', 'won', 'handed_over', 'touched'] %}
        sum(case when channel = 'all' then {{ measure }} else -{{ measure }} end) as {{ measure }}_too_many{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('kpi_handover_months') }}
    group by month_start
)

select * from summed
where
    {%- for measure in ['leads', 'qualified', 'opportunities', 'won', 'handed_over', 'touched'] %}
    {{ 'or ' if not loop.first }}{{ measure }}_too_many != 0
    {%- endfor %}
