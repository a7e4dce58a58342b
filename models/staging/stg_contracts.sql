{{ accepted_rows('contracts') }}
