{{ accepted_rows('users') }}
