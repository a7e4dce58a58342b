{{ accepted_rows('feature_request_reactions') }}
