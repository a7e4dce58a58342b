{{ base_rows('account_assignments', references={
    'account_id': ref('base_accounts')
}, links=ref('base_account_links')) }}
