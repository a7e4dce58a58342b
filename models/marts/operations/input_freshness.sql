with settings as (
    select
        as_of_date,
        -- The as-of date itself may not be over yet.
        {{ add_days('as_of_date', -1) }} as last_day
    from {{ ref('int_settings') }}
),

load_report as (
    select * from {{ ref('load_report') }}
),

expectations as (
    select * from {{ ref('input_expectations') }}
),

input_days as (
    select * from {{ ref('int_input_days') }}
),

newest as (
    select
        table_name,
        max(newest_record_at) as newest_record_at,
        max(recorded_on) as newest_on
    from input_days
    group by table_name
),

shifts as (
    {%- for days in range(7) %}
    select {{ days }} as days{{ ' union all' if not loop.last }}
    {%- endfor %}
),

candidates as (
    select
        newest.table_name,
        expectations.weekdays,
        {{ add_days('newest.newest_on', 'expectations.expected_every_days + shifts.days') }} as candidate_on
    from newest
    inner join expectations on newest.table_name = expectations.table_name
    cross join shifts
),

-- The first day on which a record is due that is one of the expected weekdays.
due as (
    select
        table_name,
        min(candidate_on) as next_expected_on
    from candidates
    where
        weekdays is null
        or weekdays like concat(
            '%', cast({{ dbt.datediff(week_start('candidate_on'), 'candidate_on', 'day') }} + 1 as string), '%'
        )
    group by table_name
),

volumes as (
    select
        input_days.table_name,
        sum(case when input_days.recorded_on = settings.last_day then input_days.records end) as rows_last_day,
        avg(case
            when input_days.recorded_on in (
                {%- for weeks in range(1, 5) %}
                {{ add_days('settings.last_day', -7 * weeks) }}{{ ',' if not loop.last }}
                {%- endfor %}
            )
                then input_days.records
        end) as usual_rows
    from input_days
    cross join settings
    group by input_days.table_name
),

measured as (
    select
        load_report.table_name,
        load_report.rows_accepted,
        load_report.quarantined_rate,
        newest.newest_record_at,
        newest.newest_on,
        due.next_expected_on,
        greatest({{ dbt.datediff('due.next_expected_on', 'settings.as_of_date', 'day') }}, 0) as days_late,
        case when newest.newest_on is not null then coalesce(volumes.rows_last_day, 0) end as rows_last_day,
        volumes.usual_rows
    from load_report
    cross join settings
    left join newest on load_report.table_name = newest.table_name
    left join due on load_report.table_name = due.table_name
    left join volumes on load_report.table_name = volumes.table_name
),

final as (
    select
        measured.table_name,
        measured.newest_record_at,
        measured.newest_on,
        expectations.expected_every_days,
        measured.next_expected_on,
        cast(case when measured.next_expected_on is not null then measured.days_late end as bigint) as days_late,
        cast(measured.rows_last_day as bigint) as rows_last_day,
        cast(measured.usual_rows as double) as usual_rows_last_day,
        {{ rate('measured.rows_last_day', 'measured.usual_rows') }} as volume_rate,
        measured.quarantined_rate,
        case
            when measured.rows_accepted = 0 then 'not_supplied'
            when measured.next_expected_on is null then 'not_judged'
            when measured.days_late > expectations.silent_after_days then 'silent'
            when measured.days_late > 0 then 'late'
            when measured.usual_rows < expectations.minimum_usual_rows then 'fresh'
            when measured.rows_last_day < expectations.low_volume_rate * measured.usual_rows then 'low_volume'
            when measured.rows_last_day > expectations.high_volume_rate * measured.usual_rows then 'high_volume'
            else 'fresh'
        end as status,
        expectations.affects_en,
        expectations.affects_ja
    from measured
    left join expectations on measured.table_name = expectations.table_name
)

select * from final
