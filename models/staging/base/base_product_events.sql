{{ base_rows('product_events', references={
    'account_id': ref('base_accounts')
}) }}
