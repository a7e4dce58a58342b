{{ base_rows('campaigns') }}
