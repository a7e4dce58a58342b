{{ accepted_rows('cancellations') }}
