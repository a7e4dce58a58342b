{{ base_rows('customer_goals', references={
    'account_id': ref('stg_accounts')
}) }}
