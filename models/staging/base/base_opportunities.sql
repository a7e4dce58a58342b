{{ base_rows('opportunities', references={
    'account_id': ref('stg_accounts')
}) }}
