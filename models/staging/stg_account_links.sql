{{ accepted_rows('account_links') }}
