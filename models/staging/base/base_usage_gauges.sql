{{ base_rows('usage_gauges', references={
    'account_id': ref('stg_accounts')
}) }}
