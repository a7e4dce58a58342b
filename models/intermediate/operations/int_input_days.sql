with settings as (
    select * from {{ ref('int_settings') }}
),

-- Usage has a table by user and day already, which grows with what changes.
records as (
    select
        'product_events' as table_name,
        event_count as records,
        last_event_at as recorded_at,
        activity_date as recorded_on
    from {{ ref('int_user_event_days') }}
    {%- for table_name in contract_tables() if table_name != 'product_events' %}
    {%- set base = ref('base_' ~ table_name) -%}
    {%- if execute %}
    {%- set columns = contract_table(table_name).columns %}
    {%- set newest_by = contract_table(table_name).config.meta.newest_by or 'recorded_at' %}
    {%- set dated_by = table_name ~ '.' ~ newest_by %}
    union all
    select
        '{{ table_name }}' as table_name,
        1 as records,
        {% if columns[newest_by].data_type == 'date' -%}
        {{ to_utc('cast(' ~ dated_by ~ ' as timestamp)', 'settings.reporting_timezone') }} as recorded_at,
        {{ dated_by }} as recorded_on
        {%- else -%}
        {{ dated_by }} as recorded_at,
        {{ local_date(dated_by, 'settings.reporting_timezone') }} as recorded_on
        {%- endif %}
    from {{ base }} as {{ table_name }}
    cross join settings
    where {{ table_name }}.row_status = 'accepted' and {{ dated_by }} is not null
    {%- endif %}
    {%- endfor %}
),

-- What is dated ahead, such as a subscription that begins next month, is not news.
final as (
    select
        records.table_name,
        cast(sum(records.records) as bigint) as records,
        cast(max(records.recorded_at) as timestamp) as newest_record_at,
        records.recorded_on
    from records
    cross join settings
    where records.recorded_on <= settings.as_of_date
    group by records.table_name, records.recorded_on
)

select * from final
