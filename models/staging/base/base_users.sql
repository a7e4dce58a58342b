{{ base_rows('users', references={
    'account_id': ref('stg_accounts')
}) }}
