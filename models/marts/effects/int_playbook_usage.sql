{{ effect_usage(ref('int_playbook_accounts'), 'next_best_action') }}
