{{ effect_comparisons(ref('int_playbook_accounts'), ref('int_playbook_usage'), 'next_best_action') }}
