{{ effect_comparisons(ref('int_content_accounts'), ref('int_content_usage'), 'activity_type') }}
