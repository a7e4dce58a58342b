{{ base_rows('contracts', references={
    'account_id': ref('stg_accounts')
}) }}
