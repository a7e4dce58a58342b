{{ accepted_rows('team_members') }}
