-- depends_on: {{ ref('touched_files') }}
{%- set columns = [
    'account_id', 'user_id', 'event_name', 'feature', 'session_id', 'event_count', 'duration_seconds', 'occurred_at'
] | join(', ') %}
{%- set is_in_touched_file = '_file_name in (' ~ (touched_files('product_events') if execute) ~ ')' %}
{%- set events = ref('base_product_events') %}
with replaced as (
    select * from {{ ref('replaced_product_events') }}
),

replaced_events as (
    select {{ columns }} from replaced
    where row_status = 'accepted'
),

present_events as (
    select {{ columns }} from {{ events }}
    where row_status = 'accepted' and {{ is_in_touched_file }}
    union all
    select events.{{ columns | replace(', ', ', events.') }}
    from {{ events }} as events
    inner join replaced
        on events._file_name = replaced._file_name and events._row_number = replaced._row_number
    where
        events.row_status = 'accepted' and not events.{{ is_in_touched_file }}
        and {{ is_in_replaced_file('product_events', 'events._file_name') }}
),

-- A file that is delivered again changes nothing: only what is in one of the two counts.
final as (
    (
        select {{ columns }} from replaced_events
        except all
        select {{ columns }} from present_events
    )
    union all
    (
        select {{ columns }} from present_events
        except all
        select {{ columns }} from replaced_events
    )
)

select {{ columns }} from final
