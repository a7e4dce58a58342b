with published_versions as (
    select * from {{ source('history', 'kpi_value_versions') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

kpis as (
    select * from {{ ref('dim_kpis') }}
),

-- Segments are kept of closed months alone: those of an open month change every day.
present_values as (
    select
        kpi_values.kpi_id,
        kpi_values.month_start,
        kpi_values.segment_dimension,
        kpi_values.segment_value,
        kpi_values.value
    from {{ ref('int_kpi_month_values') }} as kpi_values
    cross join settings
    where
        {{ is_reported_segment('kpi_values') }}
        and (
            kpi_values.segment_dimension = 'all'
            or {{ closes_on('kpi_values.month_start', 'settings.close_day') }} <= settings.as_of_date
        )
),

numbered_versions as (
    select
        *,
        row_number() over (
            partition by kpi_id, month_start, segment_dimension, segment_value
            order by published_at desc, run_id desc
        ) as version_number
    from published_versions
),

-- A value that is not there any more was withdrawn, unless its KPI or dimension is not published any more.
last_versions as (
    select versions.*
    from numbered_versions as versions
    inner join kpis on versions.kpi_id = kpis.kpi_id
    cross join settings
    where
        versions.version_number = 1
        and {{ is_reported_segment('versions') }}
        and (
            versions.segment_dimension = 'all'
            or {{ closes_on('versions.month_start', 'settings.close_day') }} <= settings.as_of_date
        )
),

changed_values as (
    select
        coalesce(present_values.kpi_id, last_versions.kpi_id) as kpi_id,
        coalesce(present_values.segment_dimension, last_versions.segment_dimension) as segment_dimension,
        coalesce(present_values.segment_value, last_versions.segment_value) as segment_value,
        present_values.value,
        coalesce(present_values.month_start, last_versions.month_start) as month_start
    from present_values
    full outer join last_versions
        on
            present_values.kpi_id = last_versions.kpi_id
            and present_values.month_start = last_versions.month_start
            and present_values.segment_dimension = last_versions.segment_dimension
            and present_values.segment_value = last_versions.segment_value
    where {{ differs('present_values.value', 'last_versions.value') }}
),

final as (
    select
        cast(kpi_id as string) as kpi_id,
        cast(segment_dimension as string) as segment_dimension,
        cast(segment_value as string) as segment_value,
        cast(run_id as string) as run_id,
        cast(value as double) as value,
        cast(published_at as timestamp) as published_at,
        cast(as_of_date as date) as as_of_date,
        cast(month_start as date) as month_start
    from published_versions
    union all
    select
        changed_values.kpi_id,
        changed_values.segment_dimension,
        changed_values.segment_value,
        cast(settings.run_id as string) as run_id,
        changed_values.value,
        cast(settings.loaded_at as timestamp) as published_at,
        cast(settings.as_of_date as date) as as_of_date,
        changed_values.month_start
    from changed_values
    cross join settings
)

select * from final
