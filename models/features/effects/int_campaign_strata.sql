{{ effect_strata(ref('int_campaign_outcomes'), 'campaign_id') }}
