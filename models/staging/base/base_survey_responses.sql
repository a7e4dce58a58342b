{{ base_rows('survey_responses', references={
    'account_id': ref('base_accounts')
}, links=ref('base_account_links')) }}
