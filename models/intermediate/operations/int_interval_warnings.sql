{#- Times of one row of which the second cannot come before the first. -#}
{%- set intervals = [
    ('account_assignments', 'valid_from', 'valid_to'),
    ('campaigns', 'started_on', 'ended_on'),
    ('contracts', 'started_at', 'ends_at'),
    ('customer_goals', 'set_at', 'achieved_at'),
    ('opportunities', 'created_at', 'closed_at'),
    ('subscription_items', 'valid_from', 'valid_to'),
    ('support_tickets', 'opened_at', 'resolved_at'),
    ('team_members', 'joined_at', 'left_at'),
    ('users', 'created_at', 'deactivated_at'),
    ('users', 'champion_since', 'champion_until'),
] -%}
{%- for table_name, starts, ends in intervals %}
{%- set rows = ref('stg_' ~ table_name) %}
{%- if execute %}
select
    '{{ table_name }}' as table_name,
    'ends_before_it_begins' as kind,
    '{{ ends }}' as column_name,
    {{ key_text(contract_table(table_name)) }} as row_key,
    concat(
        '{{ ends }} ', cast({{ ends }} as string), ' is before {{ starts }} ', cast({{ starts }} as string)
    ) as detail_en,
    concat(
        '{{ ends }} ', cast({{ ends }} as string), 'が{{ starts }} ', cast({{ starts }} as string), 'より前'
    ) as detail_ja
from {{ rows }}
where {{ ends }} < {{ starts }}
{{ 'union all' if not loop.last }}
{%- endif %}
{%- endfor %}
