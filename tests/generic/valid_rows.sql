{#- The rules of a table's rows, asked in one query per table. The words are those of the input contract:

    key       columns that together identify a row: never NULL, never repeated
    unique    columns or expressions that are never repeated, NULLs apart
    required  columns that are never NULL
    allowed   the values that a column may have, or NULL
    between   columns with a minimum, a maximum or both, included, or NULL

    A failing row says in `problem` which rule it breaks, with the key and the columns that have rules. -#}
{% test valid_rows(model, key=[], unique=[], required=[], allowed={}, between=[]) %}
{%- set rules = [] %}
{%- for column in required %}
    {%- do rules.append((column, column ~ ' is null', column ~ ' is NULL')) %}
{%- endfor %}
{%- for column, values in allowed.items() %}
    {%- set listed = [] %}
    {%- for value in values %}
        {%- do listed.append("'" ~ value | replace("'", "''") ~ "'" if value is string else value) %}
    {%- endfor %}
    {%- do rules.append((column, column ~ ' not in (' ~ listed | join(', ') ~ ')', column ~ ' is not allowed')) %}
{%- endfor %}
{%- for rule in between %}
    {%- for column in rule.columns %}
        {%- if rule.minimum is defined %}
            {%- do rules.append((column, column ~ ' < ' ~ rule.minimum, column ~ ' is below ' ~ rule.minimum)) %}
        {%- endif %}
        {%- if rule.maximum is defined %}
            {%- do rules.append((column, column ~ ' > ' ~ rule.maximum, column ~ ' is above ' ~ rule.maximum)) %}
        {%- endif %}
    {%- endfor %}
{%- endfor %}
{%- set ruled = rules | map('first') | reject('in', key) | unique(case_sensitive=true) | list %}
{%- set parts = [] %}

{%- if key %}
{%- set part %}
select
    concat_ws(
        ', ',
        case when count(*) > 1 then concat(cast(count(*) as string), ' rows have this key') end
        {%- for column in key %},
        case when {{ column }} is null then '{{ column }} is NULL' end
        {%- endfor %}
    ) as problem
    {%- for column in key %},
    {{ column }}
    {%- endfor %}
    {%- for column in ruled %},
    null as {{ column }}
    {%- endfor %}
from {{ model }}
group by {{ key | join(', ') }}
having
    count(*) > 1
    {%- for column in key %}
    or {{ column }} is null
    {%- endfor %}
{%- endset %}
{%- do parts.append(part) %}
{%- endif %}

{%- for value in unique %}
{%- set part %}
select
    concat(
        cast(count(*) as string), ' rows have {{ value | replace("'", "''") }} = ', cast({{ value }} as string)
    ) as problem
    {%- for column in key + ruled %},
    null as {{ column }}
    {%- endfor %}
from {{ model }}
where {{ value }} is not null
group by {{ value }}
having count(*) > 1
{%- endset %}
{%- do parts.append(part) %}
{%- endfor %}

{%- if rules %}
{%- set part %}
select
    concat_ws(
        ', '
        {%- for _, condition, problem in rules %},
        case when {{ condition }} then '{{ problem }}' end
        {%- endfor %}
    ) as problem
    {%- for column in key + ruled %},
    {{ column }}
    {%- endfor %}
from {{ model }}
where
    {%- for _, condition, _ in rules %}
    {{ 'or ' if not loop.first }}{{ condition }}
    {%- endfor %}
{%- endset %}
{%- do parts.append(part) %}
{%- endif %}
{{- parts | join('\n\nunion all\n') }}
{% endtest %}
