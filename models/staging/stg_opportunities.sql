{{ accepted_rows('opportunities') }}
