{#- Every raw row of a contract table, typed, with its row_status.

    row_status  accepted     counts
                repeated     the same row was delivered again
                superseded   another row of its key is newer
                quarantined  breaks the contract: see quarantine_reason and reason_column
    references  the base model behind each column that refers to another table
    links       the base model of account_links, where the table has columns that refer to accounts

    An increment judges the rows of touched files, and again the rows that share a key with them. -#}
{% macro base_rows(table_name, references={}, links=none) %}
{%- set landed_table = source('raw', table_name) if table_name == 'product_events' else landed_rows(table_name) %}
{%- set settings = source('load', 'settings') %}
{%- set loaded_tables = source('load', 'loaded_tables') %}
{%- if execute %}
{%- set table = contract_table(table_name) %}
{%- set columns = table.columns.values() | list %}
{%- set key = table.config.meta.key %}
{%- set raw_table = linked_rows(table_name, landed_table, links, loaded_tables) %}
{%- set optional_references = [] %}
{%- for column in columns if column.config.meta.references and not column.config.meta.required %}
    {%- do optional_references.append(column) %}
{%- endfor %}
{%- set is_touched = '_file_name in (' ~ touched_files(table_name) ~ ')' if table.config.meta.grows and is_incremental() %}
with settings as (
    select * from {{ settings }}
),

supplied_tables as (
    select table_name from {{ loaded_tables }} where files > 0
),

row_reasons as (
    {%- if is_touched %}
    {{ judged_rows(table, linked_rows(table_name, '(select * from ' ~ landed_table ~ ' where ' ~ is_touched ~ ')', links, loaded_tables), references) }}
    union all
    select
        {%- for column in columns %}
        {{ column.name }},
        {%- endfor %}
        values_set_null,
        _file_name,
        _row_number,
        case when quarantine_reason != 'duplicate_key' then quarantine_reason end as quarantine_reason,
        case when quarantine_reason != 'duplicate_key' then reason_column end as reason_column
    from {{ ref('replaced_' ~ table_name) }}
    where not {{ is_touched }}
    {%- else %}
    {{ judged_rows(table, raw_table, references) }}
    {%- endif %}
),

repeated_keys as (
    select
        {%- for name in key %}
        {{ name if is_touched else typed_value('raw_rows.' ~ name, table.columns[name]) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ 'row_reasons' if is_touched else raw_table ~ ' as raw_rows cross join settings' }}
    group by {% for name in key %}{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
    having count(*) > 1
),

-- Judged once more, because a scan of the keys and a few rows twice cost less than keeping all rows in memory.
rows_of_repeated_keys as (
    {%- if is_touched %}
    select row_reasons.*
    from row_reasons
    inner join repeated_keys on {{ same_key('row_reasons', 'repeated_keys', key) }}
    where row_reasons.quarantine_reason is null
    {%- else %}
    {%- set rows_of_keys %}(
        select raw_rows.*
        from {{ raw_table }} as raw_rows
        cross join settings
        inner join repeated_keys
            on {% for name in key %}{{ typed_value('raw_rows.' ~ name, table.columns[name]) }} = repeated_keys.{{ name }}{{ ' and ' if not loop.last }}{% endfor %}
    )
    {%- endset %}
    select judged.*
    from ({{ judged_rows(table, rows_of_keys, references) }}) as judged
    where judged.quarantine_reason is null
    {%- endif %}
),

-- The newest row of a key counts, one of a contract file before one of a source system; rows of one file that differ and have no recorded time cannot be ordered.
ranked_rows as (
    select
        _file_name,
        _row_number,
        row_number() over (
            partition by {{ columns | map(attribute='name') | join(', ') }}
            order by _file_name desc, _row_number
        ) as repeat_number,
        row_number() over (
            partition by {{ key | join(', ') }}
            order by recorded_at desc nulls last, {{ is_of_system('_file_name') }}, _file_name desc, _row_number
        ) as version_number,
        case
            when recorded_at is null
                then row_number() over (partition by {{ key | join(', ') }}, recorded_at, _file_name order by _row_number)
        end as contradiction_number
    from rows_of_repeated_keys
),

row_statuses as (
    select
        _file_name,
        _row_number,
        case
            when repeat_number > 1 then 'repeated'
            when version_number = 1 then 'accepted'
            when contradiction_number > 1 then 'quarantined'
            else 'superseded'
        end as row_status
    from ranked_rows
),

final as (
    select
        {%- for column in columns %}
        {%- if column in optional_references %}
        case
            when known_{{ column.name }}.reference is not null or not {{ is_supplied(column) }}
                then row_reasons.{{ column.name }}
        end as {{ column.name }},
        {%- else %}
        row_reasons.{{ column.name }},
        {%- endif %}
        {%- endfor %}
        {% if optional_references %}
        {%- for column in optional_references -%}
        case
            when row_reasons.{{ column.name }} is not null and known_{{ column.name }}.reference is null
                and {{ is_supplied(column) }}
                then 1 else 0
        end{{ ' + ' if not loop.last }}
        {%- endfor -%}
        {%- else -%}0{%- endif %} as unknown_references,
        row_reasons.values_set_null,
        case
            when row_reasons.quarantine_reason is not null then 'quarantined'
            else coalesce(row_statuses.row_status, 'accepted')
        end as row_status,
        case
            when row_statuses.row_status = 'quarantined' then 'duplicate_key' else row_reasons.quarantine_reason
        end as quarantine_reason,
        case
            when row_statuses.row_status = 'quarantined' then '{{ key | join(', ') }}' else row_reasons.reason_column
        end as reason_column,
        row_reasons._file_name,
        row_reasons._row_number
    from row_reasons
    left join row_statuses
        on row_reasons._file_name = row_statuses._file_name and row_reasons._row_number = row_statuses._row_number
    {%- for column in optional_references %}
    {{ known_reference(column, references.get(column.name), 'row_reasons') }}
    {%- endfor %}
)

select * from final
{%- endif %}
{% endmacro %}


{#- Landed rows, typed, each with the first rule of the contract that it breaks, as quarantine_reason and
    reason_column. A broken
    value in a column that the row can do without is NULL, and counted. -#}
{% macro judged_rows(table, rows, references) %}
{%- set columns = table.columns.values() | list %}
select
    {%- for column in columns %}
    {{ with_default('typed_rows.' ~ column.name, column) if breaks_row(table, column) else kept_value(column) }} as {{ column.name }},
    {%- endfor %}
    {% for column in columns if not breaks_row(table, column) and broken_rules(column) -%}
    {{ ' + ' if not loop.first }}case when {{ broken_rules(column) | map(attribute=0) | join(' or ') }} then 1 else 0 end
    {%- else -%}
    0
    {%- endfor %} as values_set_null,
    typed_rows._file_name,
    typed_rows._row_number,
    {%- for gives in ['quarantine_reason', 'reason_column'] %}
    case
        {%- for column in columns %}
        {%- for condition, reason in row_rules(table, column) %}
        when {{ condition }} then '{{ reason if gives == 'quarantine_reason' else column.name }}'
        {%- endfor %}
        {%- endfor %}
    end as {{ gives }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ typed_rows(table, rows) }}
{%- for column in columns if column.config.meta.references and column.config.meta.required %}
{{ known_reference(column, references[column.name], 'typed_rows') }}
{%- endfor %}
{% endmacro %}


{#- Landed rows with each value in its type and, as raw_, as it was read; and these columns of `rows` as they are. -#}
{% macro typed_rows(table, rows, kept=[]) -%}
(
    select
        {%- for column in table.columns.values() %}
        {{ typed_value('raw_rows.' ~ column.name, column) }} as {{ column.name }},
        raw_rows.{{ column.name }} as raw_{{ column.name }},
        {%- endfor %}
        {%- for name in kept %}
        raw_rows.{{ name }},
        {%- endfor %}
        settings.reporting_currency,
        raw_rows._file_name,
        raw_rows._row_number
    from {{ rows }} as raw_rows
    cross join settings
) as typed_rows
{%- endmacro %}


{#- The condition that two relations agree in the columns of a key. -#}
{% macro same_key(left, right, key) -%}
    {% for column in key %}{{ left }}.{{ column }} = {{ right }}.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
{%- endmacro %}


{#- The contract of one raw table: the dbt source of that name. -#}
{% macro contract_table(table_name) %}
    {{ return(graph.sources['source.' ~ project_name ~ '.raw.' ~ table_name]) }}
{% endmacro %}


{#- A landed value in its contracted type; NULL where it is blank or not of that type. -#}
{% macro typed_value(value, column) -%}
    {%- set data_type = column.data_type -%}
    {%- if column.config.meta.upper_case -%}
        upper({{ text_of(value) }})
    {%- elif data_type == 'varchar' -%}
        {{ text_of(value) }}
    {%- elif data_type == 'boolean' -%}
        case
            when lower({{ text_of(value) }}) in ('true', 't', 'yes', 'y', '1') then true
            when lower({{ text_of(value) }}) in ('false', 'f', 'no', 'n', '0') then false
        end
    {%- elif data_type == 'bigint' -%}
        {%- set number = number_of(value, 'decimal(28, 6)') -%}
        case
            when {{ is_integer(value) }} then {{ try_cast(value, 'bigint') }}
            when {{ number }} = round({{ number }}, 0) then {{ try_cast(number, 'bigint') }}
        end
    {%- elif data_type == 'timestamp' -%}
        case
            when {{ is_timestamp(value) }} then {{ try_cast(value, 'timestamp') }}
            else {{ instant_of(text_of(value)) }}
        end
    {%- elif data_type == 'date' -%}
        coalesce(
            {{ date_of(text_of(value)) }},
            {{ local_date(utc_time_of(text_of(value)), 'settings.reporting_timezone') }}
        )
    {%- else -%}
        {{ number_of(value, data_type) }}
    {%- endif -%}
{%- endmacro %}


{#- ISO 8601 text as a UTC time: a bare date is that day in the reporting time zone, a time without an offset is UTC. -#}
{% macro instant_of(text) -%}
    coalesce(
        {{ to_utc(try_cast(date_of(text), 'timestamp'), 'settings.reporting_timezone') }},
        {{ utc_time_of(text) }}
    )
{%- endmacro %}


{% macro with_default(value, column) -%}
    {%- set default = column.config.meta.default -%}
    {%- if default is none or default is undefined -%}
        {{ value }}
    {%- elif default == 'reporting_currency' -%}
        coalesce({{ value }}, typed_rows.reporting_currency)
    {%- else -%}
        coalesce({{ value }}, cast({{ "'" ~ default ~ "'" if default is string else default }} as {{ 'string' if column.data_type == 'varchar' else column.data_type }}))
    {%- endif -%}
{%- endmacro %}


{#- Whether a broken value in the column breaks its row; in others it becomes NULL. -#}
{% macro breaks_row(table, column) -%}
    {%- set meta = column.config.meta -%}
    {{ return(
        meta.required or meta.breaks_row or column.name in table.config.meta.key
        or (meta.default is defined and meta.default is not none)
    ) }}
{%- endmacro %}


{#- A value, or NULL where it breaks a rule of its column. One of the wrong type is NULL already. -#}
{% macro kept_value(column) -%}
    {%- set conditions = [] -%}
    {%- for condition, reason in broken_rules(column) if reason != 'wrong_type' -%}
        {%- do conditions.append(condition) -%}
    {%- endfor -%}
    {%- if conditions -%}
        case when {{ conditions | join(' or ') }} then null else typed_rows.{{ column.name }} end
    {%- else -%}
        typed_rows.{{ column.name }}
    {%- endif -%}
{%- endmacro %}


{#- The rules that a value of the column can break: a condition on typed_rows and a reason each. -#}
{% macro broken_rules(column) -%}
    {%- set meta = column.config.meta -%}
    {%- set value = 'typed_rows.' ~ column.name -%}
    {%- set rules = [] -%}
    {%- if column.data_type != 'varchar' -%}
        {%- do rules.append((
            '(' ~ value ~ ' is null and ' ~ text_of('typed_rows.raw_' ~ column.name) ~ ' is not null)', 'wrong_type'
        )) -%}
    {%- endif -%}
    {%- if meta.required -%}
        {%- set conditions = [value ~ ' is null'] -%}
        {%- for other, values in (meta.optional_where or {}).items() -%}
            {%- do conditions.append('not coalesce(typed_rows.' ~ other ~ " in ('" ~ values | join("', '") ~ "'), false)") -%}
        {%- endfor -%}
        {%- do rules.append(('(' ~ conditions | join(' and ') ~ ')', 'missing_required_value')) -%}
    {%- endif -%}
    {%- if meta.allowed -%}
        {%- do rules.append((value ~ " not in ('" ~ meta.allowed | join("', '") ~ "')", 'value_not_allowed')) -%}
    {%- endif -%}
    {%- if meta.minimum is defined and meta.minimum is not none -%}
        {%- do rules.append((value ~ ' < ' ~ meta.minimum, 'out_of_range')) -%}
    {%- endif -%}
    {%- if meta.maximum is defined and meta.maximum is not none -%}
        {%- do rules.append((value ~ ' > ' ~ meta.maximum, 'out_of_range')) -%}
    {%- endif -%}
    {%- if column.data_type in ['date', 'timestamp'] -%}
        {%- do rules.append((
            '(' ~ value ~ " < cast('" ~ var('earliest_date') ~ "' as " ~ column.data_type ~ ') or '
            ~ value ~ " >= cast('" ~ var('dates_end_before') ~ "' as " ~ column.data_type ~ '))', 'out_of_range'
        )) -%}
    {%- endif -%}
    {%- for kind, limits in (meta.ranges or {}).items() -%}
        {%- do rules.append((
            '(typed_rows.' ~ meta.range_by ~ " = '" ~ kind ~ "' and " ~ value ~ ' not between ' ~ limits[0]
            ~ ' and ' ~ limits[1] ~ ')', 'out_of_range'
        )) -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro %}


{#- The rules of a column that break the row, a reference to a row that was not loaded included. -#}
{% macro row_rules(table, column) -%}
    {%- set rules = broken_rules(column) if breaks_row(table, column) else [] -%}
    {%- if column.config.meta.references and column.config.meta.required -%}
        {%- do rules.append((
            '(known_' ~ column.name ~ '.reference is null and ' ~ is_supplied(column) ~ ')', 'unknown_reference'
        )) -%}
    {%- endif -%}
    {{ return(rules) }}
{%- endmacro %}


{#- True where the table that a column refers to was supplied: references to a table not supplied are not checked. -#}
{% macro is_supplied(column) -%}
    exists (select 1 from supplied_tables where table_name = '{{ column.config.meta.references.split('.')[0] }}')
{%- endmacro %}


{#- Joins the values that a reference can take: the accepted ones of another base model, or this table's own valid ones. -#}
{% macro known_reference(column, relation, alias) -%}
    {%- set referenced_column = column.config.meta.references.split('.')[1] -%}
    left join (
        select distinct {{ referenced_column }} as reference
        from {{ relation ~ " where row_status = 'accepted'" if relation else 'row_reasons where quarantine_reason is null' }}
    ) as known_{{ column.name }}
        on {{ alias }}.{{ column.name }} = known_{{ column.name }}.reference
{%- endmacro %}
