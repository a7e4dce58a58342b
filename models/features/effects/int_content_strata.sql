{{ effect_strata(ref('int_content_outcomes'), 'activity_type') }}
