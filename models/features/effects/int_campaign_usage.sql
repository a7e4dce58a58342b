{{ effect_usage(ref('int_campaign_accounts'), 'campaign_id') }}
