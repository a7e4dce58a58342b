with requests as (
    {{ dated_rows(ref('stg_feature_requests'), 'created_at') }}
),

known_requests as (
    select
        *,
        {{ known_day('requests', 'shipped_at') }} as shipped_on
    from requests
),

-- A request shipped after the as-of date counts as open: its earlier status is not recorded.
final as (
    select
        known_requests.request_id,
        {{ customer_segments() }},
        known_requests.title,
        known_requests.area,
        case
            when known_requests.status = 'shipped' and known_requests.shipped_at is not null and known_requests.shipped_on is null then 'open'
            else known_requests.status
        end as status,
        cast(
            {{ dbt.datediff('known_requests.happened_on', 'coalesce(known_requests.shipped_on, known_requests.as_of_date)', 'day') }} as bigint
        ) as age_days,
        known_requests.created_at,
        known_requests.happened_on as created_on,
        case when known_requests.shipped_on is not null then known_requests.shipped_at end as shipped_at,
        known_requests.shipped_on,
        known_requests.month_start
    from known_requests
    {{ join_customer_segments('known_requests') }}
)

select * from final
