{{ config(materialized='view') }}

{{ effect_outcomes(ref('int_content_comparisons'), 'activity_type') }}
