{{ base_rows('kpi_targets') }}
