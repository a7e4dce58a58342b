{{ checked_rows('kpi_targets') }}
