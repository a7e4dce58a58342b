{{ accepted_rows('plans') }}
