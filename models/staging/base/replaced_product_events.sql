{{ replaced_rows('product_events') }}
