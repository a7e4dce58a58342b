{{ base_rows('team_members') }}
