with versions as (
    select * from {{ ref('kpi_value_versions') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

closed_versions as (
    select
        versions.*,
        {{ closes_on('versions.month_start', 'settings.close_day') }} as closes_on
    from versions
    cross join settings
    where {{ closes_on('versions.month_start', 'settings.close_day') }} <= settings.as_of_date
),

-- The last version as of the close day or before it comes first, else the earliest after it.
ordered_versions as (
    select
        *,
        row_number() over (
            partition by kpi_id, month_start, segment_dimension, segment_value
            order by
                case when as_of_date <= closes_on then 0 else 1 end asc,
                case when as_of_date <= closes_on then published_at end desc nulls last,
                published_at asc,
                run_id asc
        ) as first_number,
        row_number() over (
            partition by kpi_id, month_start, segment_dimension, segment_value
            order by published_at desc, run_id desc
        ) as last_number
    from closed_versions
),

final as (
    select
        kpi_id,
        segment_dimension,
        segment_value,
        max(case when last_number = 1 then run_id end) as run_id,
        max(case when first_number = 1 then value end) as first_reported_value,
        max(case when last_number = 1 then value end) as latest_value,
        max(case when first_number = 1 then published_at end) as first_reported_at,
        max(case when last_number = 1 then published_at end) as restated_at,
        max(case when first_number = 1 then as_of_date end) as first_reported_as_of_date,
        max(case when last_number = 1 then as_of_date end) as restated_as_of_date,
        closes_on,
        month_start
    from ordered_versions
    group by kpi_id, segment_dimension, segment_value, closes_on, month_start
)

select * from final
