{{ base_rows('reviews', references={
    'account_id': ref('base_accounts')
}, links=ref('base_account_links')) }}
