{{ accepted_rows('leads') }}
