{{ accepted_rows('support_tickets') }}
