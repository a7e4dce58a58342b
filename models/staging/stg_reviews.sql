{{ accepted_rows('reviews') }}
