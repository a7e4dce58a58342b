{{ base_rows('reviews', references={
    'account_id': ref('stg_accounts')
}) }}
