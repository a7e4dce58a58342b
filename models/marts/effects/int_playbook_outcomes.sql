{{ config(materialized='view') }}

{{ effect_outcomes(ref('int_playbook_comparisons'), 'next_best_action') }}
