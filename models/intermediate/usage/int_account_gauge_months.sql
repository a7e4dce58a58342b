-- The latest measured level of each account at a month's close; merged accounts add up.
with settings as (
    select * from {{ ref('int_settings') }}
),

-- An account has one value of a measure and day.
gauges as (
    select
        gauges.account_id,
        resolved.customer_account_id,
        gauges.measure,
        {{ month_start('gauges.measured_on') }} as from_month,
        max(gauges.measured_on) as measured_on,
        max_by(gauges.value, gauges.measured_on) as value
    from {{ ref('stg_usage_gauges') }} as gauges
    inner join {{ ref('int_accounts_resolved') }} as resolved on gauges.account_id = resolved.account_id
    cross join settings
    where gauges.measured_on <= settings.as_of_date
    group by
        gauges.account_id, resolved.customer_account_id, gauges.measure, {{ month_start('gauges.measured_on') }}
),

-- A level holds until it is measured again in a later month.
levels as (
    select
        customer_account_id as account_id,
        measure,
        measured_on,
        value,
        from_month,
        lead(from_month) over (
            partition by account_id, measure order by from_month
        ) as to_month
    from gauges
),

monthly as (
    select
        levels.*,
        {{ each_month('levels.from_month', month_start('settings.as_of_date')) }} as month_start
    from levels
    cross join settings
),

final as (
    select
        account_id,
        month_start,
        {%- for measure in ['data_volume', 'connections', 'integrations', 'apps_built', 'app_downloads', 'seats_limit'] %}
        cast(sum(case when measure = '{{ measure }}' then value end) as double) as {{ measure }},
        {%- endfor %}
        max(case when from_month = month_start then 1 else 0 end) = 1 as is_measured_in_month,
        max(measured_on) as measured_on
    from monthly
    where month_start < to_month or to_month is null
    group by account_id, month_start
)

select * from final
