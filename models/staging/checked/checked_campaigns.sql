{{ checked_rows('campaigns') }}
