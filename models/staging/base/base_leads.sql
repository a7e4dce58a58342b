{{ base_rows('leads', references={
    'account_id': ref('stg_accounts')
}) }}
