{{ accepted_rows('cs_activities') }}
