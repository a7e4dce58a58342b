{%- set changes = built_before('int_active_user_changes') %}
-- Days whose active users an increment counts again: a user counts for up to 30 days after an event. In a full build,
-- and where usage begins on another day than before, all days.
with settings as (
    select * from {{ ref('int_settings') }}
),

coverage as (
    select min(first_recorded_on) as first_recorded_on from {{ ref('int_usage_coverage_months') }}
),

before as (
    select {% if changes %}min(activity_date){% else %}cast(null as date){% endif %} as first_recorded_on
    {%- if changes %}
    from {{ changes }}
    {%- endif %}
),

ranges as (
    select
        activity_date as from_date,
        {{ add_days('activity_date', 30) }} as to_date
    from {{ ref('int_touched_days') }}
    where is_rebuilt
    union all
    select
        least(coverage.first_recorded_on, before.first_recorded_on) as from_date,
        settings.as_of_date as to_date
    from coverage
    cross join before
    cross join settings
    where coverage.first_recorded_on is distinct from before.first_recorded_on
),

days as (
    select distinct {{ each_day('ranges.from_date', 'least(ranges.to_date, settings.as_of_date)') }} as activity_date
    from ranges
    cross join settings
),

read_days as (
    select distinct {{ each_day(add_days('activity_date', -31), 'activity_date') }} as activity_date from days
),

final as (
    select
        read_days.activity_date,
        days.activity_date is not null as is_rebuilt
    from read_days
    left join days on read_days.activity_date = days.activity_date
)

select * from final
