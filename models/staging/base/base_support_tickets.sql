{{ base_rows('support_tickets', references={
    'account_id': ref('base_accounts')
}, links=ref('base_account_links')) }}
