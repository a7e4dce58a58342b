-- Without one of these inputs nothing can be built: its own reasons say why, not a test of something else. The as-of
-- date is found before: it waits for no test.
-- depends_on: {{ ref('int_settings') }}
{%- set query -%}
with base_rows as (
    {%- for table_name in ['accounts', 'plans', 'subscription_items'] %}
    select
        '{{ table_name }}' as table_name,
        row_status,
        quarantine_reason as reason,
        reason_column,
        _file_name,
        _row_number
    from {{ ref('base_' ~ table_name) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

unusable as (
    select
        table_name,
        count(*) as rows_read
    from base_rows
    group by table_name
    having count(case when row_status = 'accepted' then 1 end) = 0
),

refused as (
    select
        table_name,
        reason,
        reason_column,
        _file_name,
        _row_number,
        count(*) over (partition by table_name, reason, reason_column) as rows_of_reason,
        row_number() over (partition by table_name, reason, reason_column order by _file_name, _row_number) as place
    from base_rows
    where row_status = 'quarantined'
),

reasons as (
    select
        *,
        row_number() over (partition by table_name order by rows_of_reason desc, reason, reason_column) as reason_place
    from refused
    where place = 1
)

select
    reasons.table_name || ': none of its ' || cast(unusable.rows_read as string) || ' rows can be used; '
    || cast(reasons.rows_of_reason as string) || ' of them as ' || reasons.reason || ' (' || reasons.reason_column
    || '), the first in ' || reasons._file_name || ', row ' || cast(reasons._row_number as string) || '.' as problem
from reasons
inner join unusable on reasons.table_name = unusable.table_name
where reasons.reason_place <= 3
{%- endset %}
{{ stop_at_problems(query) }}
