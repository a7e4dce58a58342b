{{ base_rows('fx_rates') }}
