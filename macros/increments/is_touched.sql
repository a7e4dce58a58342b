{#- The rows of usage that an increment builds again: those of touched days, and all days of touched accounts. -#}
{% macro is_touched_day(account_id, activity_date, days=none, accounts=none) -%}
    (
        {{ activity_date }} in ({{ touched_dates('activity_date', days or ref('int_touched_days')) }})
        {{- or_in_touched(account_id, accounts or ref('int_touched_accounts')) }}
    )
{%- endmacro %}


{#- The same for days of int_usage_users. -#}
{% macro is_touched_user_day(days=none, accounts=none, users=none) -%}
    {%- set accounts = accounts or ref('int_touched_accounts') -%}
    (
        activity_date in ({{ touched_dates('activity_date', days or ref('int_touched_days')) }})
        {%- if has_rows(accounts) %}
        or usage_user_key in (
            select users.usage_user_key
            from {{ users or ref('int_usage_users') }} as users
            inner join {{ accounts }} as accounts on users.account_id = accounts.account_id
        )
        {%- endif %}
    )
{%- endmacro %}


{#- The same for months, of users in the account of dim_users. -#}
{% macro is_touched_month(account_id, month) -%}
    (
        {{ month }} in ({{ touched_dates(month_start('activity_date'), ref('int_touched_days')) }})
        {{- or_in_touched(account_id, ref('int_touched_user_accounts'), 'has_moved_users') }}
    )
{%- endmacro %}


{#- The same for the days on which counts of active users can change. -#}
{% macro is_touched_change(account_id, activity_date) -%}
    (
        {{ activity_date }} in ({{ touched_dates('activity_date', ref('int_touched_change_days')) }})
        {{- or_in_touched(account_id, ref('int_touched_user_accounts')) }}
    )
{%- endmacro %}


{#- The further condition that a row is of a touched account; none where there are no such accounts, because the engine
    reads a whole table for an `or`. -#}
{% macro or_in_touched(account_id, accounts, condition='true') -%}
    {%- if has_rows(accounts, condition) %}
        or {{ account_id }} in (select account_id from {{ accounts }} where {{ condition }})
    {%- endif -%}
{%- endmacro %}


{#- The events of these days, and others of about their time: a local day lies within 14 hours of the same day in UTC.
    Base tables lie in about the order of time, so that a range of times lets the engine skip most of them. True for all
    events where accounts are touched, or days in many places. -#}
{% macro is_near_touched_day(occurred_at, condition='is_rebuilt', reach='day') -%}
    {%- set from_day = month_start('activity_date') if reach == 'month' else 'activity_date' -%}
    {%- set to_day = month_end('activity_date') if reach == 'month' else 'activity_date' -%}
    {%- set ranges = [] -%}
    {%- set is_known = is_built(ref('int_touched_days')) and not has_rows(ref('int_touched_accounts')) -%}
    {%- if is_known -%}
        {%- set query -%}
            select distinct
                {{ add_days(from_day, -1) }} as from_date,
                {{ add_days(to_day, 2) }} as to_date
            from {{ ref('int_touched_days') }}
            where {{ condition }}
            order by 1
        {%- endset -%}
        {%- for row in run_query(query) -%}
            {%- if ranges and row[0] <= ranges[-1][1] -%}
                {%- do ranges.append((ranges.pop()[0], row[1])) -%}
            {%- else -%}
                {%- do ranges.append((row[0], row[1])) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if not is_known or ranges | length > 10 -%}
        true
    {%- elif not ranges -%}
        false
    {%- else -%}
        (
        {%- for from_date, to_date in ranges %}
            {{ 'or ' if not loop.first }}({{ occurred_at }} >= cast('{{ from_date }}' as timestamp)
            and {{ occurred_at }} < cast('{{ to_date }}' as timestamp))
        {%- endfor %}
        )
    {%- endif -%}
{%- endmacro %}


{#- The dates of touched days as literals, by which the engine skips what lies elsewhere; as a query where they are
    many. -#}
{% macro touched_dates(date, days, condition='is_rebuilt') -%}
    {%- set query = 'select distinct ' ~ date ~ ' from ' ~ days ~ ' where ' ~ condition -%}
    {%- set rows = run_query(query ~ ' order by 1 limit 101') if is_built(days) else none -%}
    {%- if rows is none or rows | length > 100 -%}
        {{ query }}
    {%- else -%}
        {%- for row in rows -%}
            cast('{{ row[0] }}' as date){{ ', ' if not loop.last }}
        {%- else -%}
            cast(null as date)
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{#- Whether a table has such rows; true where it is not built yet. -#}
{% macro has_rows(relation, condition='true') -%}
    {{ return(
        not is_built(relation)
        or run_query('select 1 from ' ~ relation ~ ' where ' ~ condition ~ ' limit 1') | length > 0
    ) }}
{%- endmacro %}


{#- Whether a relation can be asked while models are compiled; in a unit test it is rows in the query. -#}
{% macro is_built(relation) -%}
    {{ return(execute and relation.schema is not none and load_relation(relation) is not none) }}
{%- endmacro %}


{#- True where a run adds to the tables that the last one left, false in a full build. -#}
{% macro adds_to_tables() -%}
    {%- set settings = built('raw', 'settings') if execute and keeps_increments() -%}
    {{ return(settings and run_query('select last_as_of_date from ' ~ settings)[0][0] is not none) }}
{%- endmacro %}


{#- True in an increment: tests of large facts then ask about the rows that it built. With the variable check_all_rows,
    and after a full build, they ask about all. -#}
{% macro checks_touched_rows() -%}
    {{ return(adds_to_tables() and not var('check_all_rows')) }}
{%- endmacro %}


{#- dbt's own macro, which puts the `where` of a test's config behind its table. Here it also knows the words
    `touched days`, `touched user days`, `touched changes` and `replaced rows`, which mean nothing after a full
    build. -#}
{% macro default__get_where_subquery(relation) -%}
    {%- set where = config.get('where') -%}
    {%- if where in ['touched days', 'touched user days', 'touched changes', 'replaced rows'] -%}
        {%- if not checks_touched_rows() -%}
            {%- set where = none -%}
        {%- elif where == 'touched days' -%}
            {%- set where = is_touched_day(
                'account_id',
                'activity_date',
                days=built('intermediate', 'int_touched_days'),
                accounts=built('intermediate', 'int_touched_accounts')
            ) -%}
        {%- elif where == 'touched user days' -%}
            {%- set where = is_touched_user_day(
                days=built('intermediate', 'int_touched_days'),
                accounts=built('intermediate', 'int_touched_accounts'),
                users=built('intermediate', 'int_usage_users')
            ) -%}
        {%- elif where == 'touched changes' -%}
            {%- set days = built('intermediate', 'int_touched_change_days') -%}
            {%- set where = 'activity_date in (' ~ touched_dates('activity_date', days) ~ ')' -%}
        {%- else -%}
            {%- set where = 'event_id in (select event_id from ' ~ built('staging', 'replaced_product_events')
                ~ ') or _file_name in (select file_name from ' ~ built('staging', 'touched_files') ~ ')' -%}
        {%- endif -%}
    {%- endif -%}
    {{ '(select * from ' ~ relation ~ ' where ' ~ where ~ ') as dbt_subquery' if where else relation }}
{%- endmacro %}


{#- A table of the build database, for macros that dbt does not let refer to it; none where it is not built. -#}
{% macro built(schema, identifier) -%}
    {{ return(load_relation(api.Relation.create(database=target.database, schema=schema, identifier=identifier))) }}
{%- endmacro %}
