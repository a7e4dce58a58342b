{%- set keys_before = built_before('int_input_keys') %}
{%- if keys_before %}
-- depends_on: {{ ref('replaced_product_events') }}, {{ ref('base_product_events') }}
with keys_now as (
    {{ accepted_keys() }}
),

keys_before as (
    select * from {{ keys_before }}
),

events_before as (
    select distinct event_id from {{ ref('replaced_product_events') }}
    where row_status = 'accepted'
),

events_now as (
    select event_id from {{ ref('base_product_events') }}
    where row_status = 'accepted' and event_id in (select event_id from events_before)
),

vanished as (
    select
        keys_before.table_name,
        keys_before.row_key
    from keys_before
    left join keys_now on keys_before.table_name = keys_now.table_name and keys_before.row_key = keys_now.row_key
    where keys_now.row_key is null
    union all
    select
        'product_events' as table_name,
        events_before.event_id as row_key
    from events_before
    left join events_now on events_before.event_id = events_now.event_id
    where events_now.event_id is null
),

counts as (
    select
        table_name,
        cast(count(*) as bigint) as keys_vanished,
        min(row_key) as vanished_key
    from vanished
    group by table_name
),

final as (
    select
        loaded_tables.table_name,
        coalesce(counts.keys_vanished, 0) as keys_vanished,
        counts.vanished_key
    from {{ source('load', 'loaded_tables') }} as loaded_tables
    left join counts on loaded_tables.table_name = counts.table_name
)

select * from final
{%- else %}
-- depends_on: {{ ref('replaced_product_events') }}, {{ ref('base_product_events') }}
{%- for table_name in contract_tables() %}
-- depends_on: {{ ref('base_' ~ table_name) }}
{%- endfor %}
select
    table_name,
    cast(null as bigint) as keys_vanished,
    cast(null as string) as vanished_key
from {{ source('load', 'loaded_tables') }}
{%- endif %}
