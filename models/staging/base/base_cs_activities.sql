{{ base_rows('cs_activities', references={
    'account_id': ref('base_accounts'),
    'campaign_id': ref('base_campaigns')
}, links=ref('base_account_links')) }}
