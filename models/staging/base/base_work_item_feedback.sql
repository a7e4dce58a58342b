{{ base_rows('work_item_feedback', references={
    'account_id': ref('base_accounts')
}, links=ref('base_account_links')) }}
