{{ config(materialized='view') }}

{{ landed_with_systems('plans', ref('stripe_plans')) }}
