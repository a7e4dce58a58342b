{{ accepted_rows('feature_requests') }}
