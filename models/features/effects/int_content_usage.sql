{{ effect_usage(ref('int_content_accounts'), 'activity_type') }}
