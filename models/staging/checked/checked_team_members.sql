{{ checked_rows('team_members') }}
