{{ accepted_rows('kpi_targets') }}
