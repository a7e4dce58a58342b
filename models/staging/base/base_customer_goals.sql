{{ base_rows('customer_goals', references={
    'account_id': ref('base_accounts')
}, links=ref('base_account_links')) }}
