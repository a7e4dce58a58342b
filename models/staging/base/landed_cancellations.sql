{{ config(materialized='view') }}

{{ landed_with_systems('cancellations', ref('stripe_cancellations')) }}
