{{ config(materialized='view') }}

{{ landed_with_systems('accounts', ref('stripe_accounts')) }}
