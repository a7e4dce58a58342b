{{ checked_rows('accounts') }}
