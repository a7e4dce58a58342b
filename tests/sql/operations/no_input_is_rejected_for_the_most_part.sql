-- Figures of an input that was largely refused would look like figures of the company.
{%- set query -%}
with reasons as (
    select
        table_name,
        reason,
        reason_column,
        count(*) as rows_of_reason,
        row_number() over (partition by table_name order by count(*) desc, reason, reason_column) as place
    from {{ ref('quarantined_rows') }}
    group by table_name, reason, reason_column
)

select
    load_report.table_name,
    load_report.table_name || ': ' || cast(load_report.rows_quarantined as string) || ' of '
    || cast(load_report.rows_read as string) || ' rows are in quarantine, most of them as ' || reasons.reason || ' ('
    || reasons.reason_column || '). Correct the input, or raise too_high_rate in '
    || 'seeds/operations/rejection_limits.csv to publish without these rows.' as problem
from {{ ref('load_report') }} as load_report
inner join reasons on load_report.table_name = reasons.table_name and reasons.place = 1
where load_report.quarantined_status = 'too_high'
{%- endset %}
{{ stop_at_problems(query) }}
