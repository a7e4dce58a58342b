with settings as (
    select * from {{ ref('int_settings') }}
),

-- Usage has a table by user and day already, which grows with what changes.
events as (
    select
        'product_events' as table_name,
        sum(event_count) as records,
        max(last_event_at) as newest_record_at,
        activity_date as recorded_on
    from {{ ref('int_user_event_days') }}
    group by activity_date
),

{% for table_name in contract_tables() if table_name != 'product_events' %}
{%- set base = ref('base_' ~ table_name) -%}
{%- if execute %}
{%- set newest_by = contract_table(table_name).config.meta.newest_by or 'recorded_at' %}
{%- set is_day = contract_table(table_name).columns[newest_by].data_type == 'date' %}
{{ table_name }} as (
    select
        '{{ table_name }}' as table_name,
        count(*) as records,
        {% if is_day -%}
        max({{ to_utc('cast(' ~ table_name ~ '.' ~ newest_by ~ ' as timestamp)', 'settings.reporting_timezone') }})
        {%- else -%}
        max({{ table_name }}.{{ newest_by }})
        {%- endif %} as newest_record_at,
        {% if is_day -%}
        {{ table_name }}.{{ newest_by }}
        {%- else -%}
        {{ local_date(table_name ~ '.' ~ newest_by, 'settings.reporting_timezone') }}
        {%- endif %} as recorded_on
    from {{ base }} as {{ table_name }}
    cross join settings
    where {{ table_name }}.row_status = 'accepted' and {{ table_name }}.{{ newest_by }} is not null
    group by 4
),
{%- endif %}
{% endfor %}

days as (
    select * from events
    {%- for table_name in contract_tables() if table_name != 'product_events' %}
    union all
    select * from {{ table_name }}
    {%- endfor %}
),

-- What is dated ahead, such as a subscription that begins next month, is not news.
final as (
    select
        days.table_name,
        cast(days.records as bigint) as records,
        cast(days.newest_record_at as timestamp) as newest_record_at,
        days.recorded_on
    from days
    cross join settings
    where days.recorded_on <= settings.as_of_date
)

select * from final
