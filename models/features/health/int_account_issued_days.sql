-- Days on which the users of an account had an ID, in the 28 and 84 days that end with each close.
with users as (
    select * from {{ ref('dim_users') }}
    where is_issued
),

months as (
    select * from {{ ref('int_months') }}
),

-- The last day that counts is the one before the ID is taken away.
issued_windows as (
    select
        users.account_id,
        months.month_start,
        months.closes_on,
        coalesce(users.issued_on, {{ add_days('months.closes_on', -83) }}) as issued_on,
        least(
            coalesce({{ add_days('users.deactivated_on', -1) }}, months.closes_on), months.closes_on
        ) as last_day
    from users
    inner join months
        on
            coalesce(users.issued_on <= months.closes_on, true)
            and coalesce(users.deactivated_on > {{ add_days('months.closes_on', -83) }}, true)
),

final as (
    select
        account_id,
        month_start,
        {%- for days in [28, 84] %}
        {%- set first_day = 'greatest(issued_on, ' ~ add_days('closes_on', 1 - days) ~ ')' %}
        cast(sum(greatest({{ dbt.datediff(first_day, 'last_day', 'day') }} + 1, 0)) as bigint) as issued_days_{{ days }}d{{ ',' if not loop.last }}
        {%- endfor %}
    from issued_windows
    group by account_id, month_start
)

select * from final
