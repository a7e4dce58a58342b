{{ accepted_rows('usage_gauges') }}
