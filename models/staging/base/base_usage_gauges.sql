{{ base_rows('usage_gauges', references={
    'account_id': ref('base_accounts')
}, links=ref('base_account_links')) }}
