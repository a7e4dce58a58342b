{{ base_rows('success_plan_tasks', references={
    'account_id': ref('base_accounts'),
    'goal_id': ref('base_customer_goals')
}, links=ref('base_account_links')) }}
