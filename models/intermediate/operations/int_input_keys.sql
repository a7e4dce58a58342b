-- Built after int_vanished_keys has compared the inputs with what this table held before.
-- depends_on: {{ ref('int_vanished_keys') }}
{{ accepted_keys() }}
