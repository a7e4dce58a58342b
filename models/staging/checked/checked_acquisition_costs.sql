{{ checked_rows('acquisition_costs') }}
