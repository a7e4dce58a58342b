{#- Rows about accounts, for facts: each counts for the customer of its account, and has that customer's
    segments in a month.

    dated as ( dated_rows(ref('stg_things'), 'happened_at') ),

    final as (
        select customer_segments(), ... from dated join_customer_segments('dated')
    ) -#}

{#- Rows whose time is not later than the as-of date, with its day and month. -#}
{% macro dated_rows(relation, time) -%}
    select
        local_rows.*,
        {{ month_start('local_rows.happened_on') }} as month_start
    from (
        select
            source_rows.*,
            {{ local_date('source_rows.' ~ time, 'settings.reporting_timezone') }} as happened_on,
            settings.reporting_timezone,
            settings.as_of_date,
            {{ month_start('settings.as_of_date') }} as as_of_month
        from {{ relation }} as source_rows
        cross join {{ ref('int_settings') }} as settings
    ) as local_rows
    where local_rows.happened_on <= local_rows.as_of_date
{%- endmacro %}

{#- The day of another time of a dated row; NULL where it lies after the as-of date and so is not known yet. -#}
{% macro known_day(relation, time) -%}
    case
        when {{ local_date(relation ~ '.' ~ time, relation ~ '.reporting_timezone') }} <= {{ relation }}.as_of_date
            then {{ local_date(relation ~ '.' ~ time, relation ~ '.reporting_timezone') }}
    end
{%- endmacro %}

{#- The day on which the source recorded a dated row; NULL where it does not say. -#}
{% macro recorded_day(relation) -%}
    {{ local_date(relation ~ '.recorded_at', relation ~ '.reporting_timezone') }}
{%- endmacro %}

{#- The customer and its attributes; `renamed` gives new names where the row already uses a name. -#}
{% macro customer_segments(renamed={}) -%}
    customers.customer_account_id as account_id,
    {{ month_segments(renamed) }}
{%- endmacro %}

{#- The attributes alone, from the relation that holds the account's and, where the month has MRR, from that of the month;
    of those that can be assigned for a time, the month's come first. -#}
{% macro month_segments(renamed={}, accounts='segments', months='account_months') -%}
    {%- for segment in var('segments') %}
    coalesce(
        {{- months ~ '.' ~ segment.column ~ ', ' if segment.is_assigned }}
        {{- accounts if segment.of == 'account' else months }}.{{ segment.column }}, 'unknown') as {{ renamed.get(segment.column, segment.column) }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Rows of test accounts are left out; rows without an account stay, as unknown. Segments of a month,
    such as the plan, are unknown where the customer has neither opening nor closing MRR in it. -#}
{% macro join_customer_segments(relation, month='month_start') -%}
    left join {{ ref('int_accounts_resolved') }} as customers on {{ relation }}.account_id = customers.account_id
    left join {{ ref('int_customer_segments') }} as segments on customers.customer_account_id = segments.account_id
    left join {{ ref('int_account_months') }} as account_months
        on
            customers.customer_account_id = account_months.account_id
            and {{ relation }}.{{ month }} = account_months.month_start
            and (account_months.opening_mrr > 0 or account_months.closing_mrr > 0)
    where {{ relation }}.account_id is null or customers.account_id is not null
{%- endmacro %}
