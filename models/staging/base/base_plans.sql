{{ base_rows('plans') }}
