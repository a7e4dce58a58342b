-- A file is touched where its content changed, or where it holds a row whose reference is now known or no
-- longer known.
with changed_files as (
    select * from {{ source('load', 'changed_files') }}
),

accounts as (
    select * from {{ ref('base_accounts') }}
    where row_status = 'accepted'
),

links as (
    select * from {{ linked_accounts(
        ref('base_account_links'),
        '(select account_system from ' ~ source('load', 'loaded_tables') ~ " where table_name = 'product_events')"
    ) }}
),

{%- set base = built_before('base_product_events') %}
final as (
    select
        table_name,
        file_name
    from changed_files
    {%- if base %}
    union
    select
        'product_events' as table_name,
        events._file_name as file_name
    from {{ base }} as events
    left join accounts on events.account_id = accounts.account_id
    left join links on events.account_id = links.source_id
    where
        (
            events.quarantine_reason = 'unknown_reference'
            and (accounts.account_id is not null or links.account_id is not null)
        )
        or (events.row_status != 'quarantined' and accounts.account_id is null)
    {%- endif %}
)

select * from final
