{{ base_rows('subscription_items', references={
    'account_id': ref('base_accounts'),
    'plan_id': ref('base_plans')
}, links=ref('base_account_links')) }}
