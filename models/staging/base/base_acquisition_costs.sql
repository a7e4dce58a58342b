{{ base_rows('acquisition_costs') }}
