{{ accepted_rows('accounts') }}
