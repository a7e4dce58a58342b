{#- A mart's row `all` equals its fact, measure by measure, in every month. -#}
{% test totals_equal_fact(model, fact, measures) %}
with totals as (
    select * from {{ model }}
    where segment_dimension = 'all'
),

facts as (
    select
        month_start,
        {%- for measure, expression in measures.items() %}
        {{ expression }} as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ fact }}
    group by month_start
)

select
    coalesce(totals.month_start, facts.month_start) as month_start,
    {%- for measure in measures %}
    totals.{{ measure }} as {{ measure }}_of_all,
    facts.{{ measure }} as {{ measure }}_of_fact{{ ',' if not loop.last }}
    {%- endfor %}
from totals
full outer join facts on totals.month_start = facts.month_start
where
    {%- for measure in measures %}
    {{ 'or ' if not loop.first }}coalesce(totals.{{ measure }}, 0) != coalesce(facts.{{ measure }}, 0)
    {%- endfor %}
{% endtest %}
