{{ base_rows('feature_request_reactions', references={
    'request_id': ref('base_feature_requests'),
    'account_id': ref('base_accounts')
}, links=ref('base_account_links')) }}
