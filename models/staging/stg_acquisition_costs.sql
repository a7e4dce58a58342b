{{ accepted_rows('acquisition_costs') }}
