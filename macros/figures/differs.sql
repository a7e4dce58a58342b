{#- True where two values are not the same: one is NULL, or doubles differ by more than 1e-9 of the larger. -#}
{% macro differs(value, other) -%}
    coalesce(
        abs({{ value }} - {{ other }}) > 1e-9 * greatest(abs({{ value }}), abs({{ other }})),
        ({{ value }} is null) != ({{ other }} is null)
    )
{%- endmacro %}
