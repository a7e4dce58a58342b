{{ base_rows('cancellations', references={
    'account_id': ref('stg_accounts')
}) }}
