{{ accepted_rows('fx_rates') }}
