{{ base_rows('account_links', references={
    'account_id': ref('base_accounts')
}) }}
