-- depends_on: {{ ref('touched_files') }}
-- depends_on: {{ ref('replaced_product_events') }}
{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_replaced_rows('product_events') }}"
) }}
{{ base_rows('product_events', references={
    'account_id': ref('base_accounts')
}, links=ref('base_account_links')) }}
