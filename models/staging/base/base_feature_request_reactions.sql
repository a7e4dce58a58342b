{{ base_rows('feature_request_reactions', references={
    'request_id': ref('stg_feature_requests'),
    'account_id': ref('stg_accounts')
}) }}
