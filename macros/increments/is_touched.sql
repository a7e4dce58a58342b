{#- The rows of usage that an increment builds again: those of touched days, and all days of touched accounts. -#}
{% macro is_touched_day(account_id, activity_date, days=none, accounts=none) -%}
    (
        {{ activity_date }} in (select activity_date from {{ days or ref('int_touched_days') }} where is_rebuilt)
        or {{ account_id }} in (select account_id from {{ accounts or ref('int_touched_accounts') }})
    )
{%- endmacro %}


{#- The same for days of int_usage_users. -#}
{% macro is_touched_user_day() -%}
    (
        activity_date in (select activity_date from {{ ref('int_touched_days') }} where is_rebuilt)
        or usage_user_key in (
            select users.usage_user_key
            from {{ ref('int_usage_users') }} as users
            inner join {{ ref('int_touched_accounts') }} as accounts on users.account_id = accounts.account_id
        )
    )
{%- endmacro %}


{#- The same for months, of users in the account of dim_users. -#}
{% macro is_touched_month(account_id, month) -%}
    (
        {{ month }} in (
            select {{ month_start('activity_date') }} from {{ ref('int_touched_days') }} where is_rebuilt
        )
        or {{ account_id }} in (select account_id from {{ ref('int_touched_user_accounts') }})
    )
{%- endmacro %}


{#- The same for the days on which counts of active users can change. -#}
{% macro is_touched_change(account_id, activity_date) -%}
    (
        {{ activity_date }} in (select activity_date from {{ ref('int_touched_change_days') }} where is_rebuilt)
        or {{ account_id }} in (select account_id from {{ ref('int_touched_user_accounts') }})
    )
{%- endmacro %}


{#- True in an increment: tests of large facts then ask about the rows that it built. With the variable check_all_rows,
    and after a full build, they ask about all. -#}
{% macro checks_touched_rows() -%}
    {%- set settings = built('raw', 'settings') if execute and keeps_increments() and not var('check_all_rows') -%}
    {{ return(settings and run_query('select last_as_of_date from ' ~ settings)[0][0] is not none) }}
{%- endmacro %}


{#- dbt's own macro, which puts the `where` of a test's config behind its table. Here it also knows the words
    `touched days`, `touched changes` and `replaced rows`, which mean nothing after a full build. -#}
{% macro default__get_where_subquery(relation) -%}
    {%- set where = config.get('where') -%}
    {%- if where in ['touched days', 'touched changes', 'replaced rows'] -%}
        {%- if not checks_touched_rows() -%}
            {%- set where = none -%}
        {%- elif where == 'touched days' -%}
            {%- set where = is_touched_day(
                'account_id',
                'activity_date',
                days=built('intermediate', 'int_touched_days'),
                accounts=built('intermediate', 'int_touched_accounts')
            ) -%}
        {%- elif where == 'touched changes' -%}
            {%- set where = 'activity_date in (select activity_date from '
                ~ built('intermediate', 'int_touched_change_days') ~ ' where is_rebuilt)' -%}
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
