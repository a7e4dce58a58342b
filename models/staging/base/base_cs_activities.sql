{{ base_rows('cs_activities', references={
    'account_id': ref('stg_accounts'),
    'campaign_id': ref('stg_campaigns')
}) }}
