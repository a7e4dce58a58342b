{{ accepted_rows('customer_goals') }}
