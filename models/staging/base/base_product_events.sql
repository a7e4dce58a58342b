{{ base_rows('product_events', references={
    'account_id': ref('stg_accounts')
}) }}
