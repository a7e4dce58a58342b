with settings as (
    select * from {{ ref('int_settings') }}
),

loaded_tables as (
    select * from {{ source('load', 'loaded_tables') }}
),

load_counts as (
    select * from {{ ref('int_load_counts') }}
),

system_rows as (
    select * from {{ ref('system_rows') }}
),

-- Rules over several rows or tables check subscription versions after the rules of a single row.
judged_versions as (
    select
        reason,
        is_overlap_repaired
    from {{ ref('int_subscription_versions') }}
    union all
    select
        reason,
        false as is_overlap_repaired
    from {{ ref('int_other_charges') }}
),

versions as (
    select
        'subscription_items' as table_name,
        {{ count_where('reason is not null') }} as rows_quarantined,
        {{ count_where('is_overlap_repaired') }} as overlaps_repaired
    from judged_versions
),

timeless as (
    select
        'subscription_items' as table_name,
        {{ count_where("charge_kind = 'recurring' and valid_to <= valid_from") }} as versions_without_duration
    from {{ ref('stg_subscription_items') }}
),

quarantined_mrr as (
    select
        'subscription_items' as table_name,
        *
    from {{ ref('int_quarantined_mrr') }}
),

vanished_keys as (
    select * from {{ ref('int_vanished_keys') }}
),

limits as (
    select * from {{ ref('rejection_limits') }}
),

counted as (
    select
        settings.run_id,
        loaded_tables.table_name,
        loaded_tables.unknown_columns,
        loaded_tables.files,
        loaded_tables.rows_read + coalesce(system_rows.rows_read, 0) as rows_read,
        load_counts.rows_accepted - coalesce(versions.rows_quarantined, 0) as rows_accepted,
        load_counts.rows_repeated,
        load_counts.rows_superseded,
        load_counts.rows_quarantined + coalesce(versions.rows_quarantined, 0) as rows_quarantined,
        load_counts.unknown_references,
        load_counts.values_set_null,
        coalesce(versions.overlaps_repaired, 0) as overlaps_repaired,
        coalesce(timeless.versions_without_duration, 0) as versions_without_duration,
        load_counts.newest_record_at,
        quarantined_mrr.mrr_read,
        quarantined_mrr.mrr_quarantined,
        coalesce(quarantined_mrr.mrr_without_any_rate, 0) as mrr_without_any_rate,
        coalesce(quarantined_mrr.rows_without_any_rate, 0) as rows_without_any_rate
    from loaded_tables
    cross join settings
    left join system_rows on loaded_tables.table_name = system_rows.table_name
    left join load_counts on loaded_tables.table_name = load_counts.table_name
    left join versions on loaded_tables.table_name = versions.table_name
    left join timeless on loaded_tables.table_name = timeless.table_name
    left join quarantined_mrr on loaded_tables.table_name = quarantined_mrr.table_name
),

final as (
    select
        counted.run_id,
        counted.table_name,
        counted.unknown_columns,
        counted.files,
        counted.rows_read,
        counted.rows_accepted,
        counted.rows_repeated,
        counted.rows_superseded,
        counted.rows_quarantined,
        cast(counted.rows_quarantined as double) / nullif(counted.rows_read, 0) as quarantined_rate,
        counted.mrr_quarantined / nullif(counted.mrr_read, 0) as mrr_quarantined_rate,
        -- A company that supplies no exchange rates is told so, not stopped.
        case
            when counted.rows_read < limits.minimum_rows then 'not_judged'
            when
                counted.rows_quarantined - counted.rows_without_any_rate > limits.too_high_rate * counted.rows_read
                or counted.mrr_quarantined - counted.mrr_without_any_rate > limits.too_high_rate * counted.mrr_read
                then 'too_high'
            when
                counted.rows_quarantined > limits.high_rate * counted.rows_read
                or counted.mrr_quarantined > limits.high_rate * counted.mrr_read
                then 'high'
            else 'low'
        end as quarantined_status,
        counted.unknown_references,
        counted.values_set_null,
        counted.overlaps_repaired,
        counted.versions_without_duration,
        vanished_keys.keys_vanished,
        vanished_keys.vanished_key,
        counted.newest_record_at
    from counted
    cross join limits
    left join vanished_keys on counted.table_name = vanished_keys.table_name
)

select * from final
