{{ base_rows('accounts') }}
