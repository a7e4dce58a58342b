with requests as (
    {{ dated_rows(ref('stg_feature_requests'), 'created_at') }}
),

known as (
    select
        *,
        {{ known_day('requests', 'shipped_at') }} as shipped_on
    from requests
),

-- A request that ships after the as-of date is as open as any: what it was on that day is not on record.
final as (
    select
        known.request_id,
        {{ customer_segments() }},
        known.title,
        known.area,
        case
            when known.status = 'shipped' and known.shipped_at is not null and known.shipped_on is null then 'open'
            else known.status
        end as status,
        cast(
            {{ dbt.datediff('known.happened_on', 'coalesce(known.shipped_on, known.as_of_date)', 'day') }} as bigint
        ) as age_days,
        known.created_at,
        known.happened_on as created_on,
        case when known.shipped_on is not null then known.shipped_at end as shipped_at,
        known.shipped_on,
        known.month_start
    from known
    {{ join_customer_segments('known') }}
)

select * from final
