{{ effect_comparisons(ref('int_campaign_accounts'), ref('int_campaign_usage'), 'campaign_id') }}
