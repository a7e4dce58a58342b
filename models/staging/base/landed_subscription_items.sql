{{ config(materialized='view') }}

{{ landed_with_systems('subscription_items', ref('stripe_subscription_items')) }}
