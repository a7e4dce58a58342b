{{ base_rows('subscription_items', references={
    'account_id': ref('stg_accounts'),
    'plan_id': ref('stg_plans')
}) }}
