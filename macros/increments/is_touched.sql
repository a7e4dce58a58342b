{#- The rows of usage that an increment builds again: those of touched days, and all days of touched accounts. -#}
{% macro is_touched_day(account_id, activity_date) -%}
    (
        {{ activity_date }} in (select activity_date from {{ ref('int_touched_days') }} where is_rebuilt)
        or {{ account_id }} in (select account_id from {{ ref('int_touched_accounts') }})
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
