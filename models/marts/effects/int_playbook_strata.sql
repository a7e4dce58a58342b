{{ effect_strata(ref('int_playbook_outcomes'), 'next_best_action') }}
