{{ base_rows('contracts', references={
    'account_id': ref('base_accounts')
}) }}
