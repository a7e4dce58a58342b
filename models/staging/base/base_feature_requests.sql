{{ base_rows('feature_requests', references={
    'account_id': ref('base_accounts')
}, links=ref('base_account_links')) }}
