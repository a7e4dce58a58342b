-- Each band begins where the one before ends, the first at 0 and the last without end, so every tenure is in
-- one band.
with bands as (
    select
        tenure_band,
        from_month,
        to_month,
        lag(to_month) over (order by from_month) as previous_to_month,
        row_number() over (order by from_month) as place,
        row_number() over (order by from_month desc) as place_from_end
    from {{ ref('tenure_bands') }}
)

select * from bands
where
    coalesce(to_month <= from_month, false)
    or from_month != case when place = 1 then 0 else coalesce(previous_to_month, -1) end
    or (to_month is null) != (place_from_end = 1)
