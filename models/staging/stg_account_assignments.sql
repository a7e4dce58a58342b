{{ accepted_rows('account_assignments') }}
