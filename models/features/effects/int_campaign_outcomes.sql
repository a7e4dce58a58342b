{{ config(materialized='view') }}

{{ effect_outcomes(ref('int_campaign_comparisons'), 'campaign_id') }}
