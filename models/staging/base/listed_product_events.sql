-- depends_on: {{ ref('touched_files') }}
{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_unlisted_rows('product_events') }}"
) }}
{{ listed_rows('product_events') }}
