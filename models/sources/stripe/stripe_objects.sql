-- Each object once, as its last row has it. Test mode is left out unless nothing is live; some objects do not say.
with landed as (
    select
        object_name,
        body,
        {{ json_text('body', 'id') }} as object_id,
        {{ json_text('body', 'livemode') }} as livemode,
        _file_name,
        _row_number
    from {{ source('load', 'system_objects') }}
    where system = 'stripe'
),

ranked as (
    select
        *,
        max(case when livemode = 'true' then 1 else 0 end) over () as has_live,
        row_number() over (
            partition by object_name, coalesce(object_id, concat(_file_name, ' ', cast(_row_number as string)))
            order by _file_name desc, _row_number desc
        ) as repeat_number
    from landed
),

final as (
    select
        object_name,
        object_id,
        body,
        _file_name,
        _row_number
    from ranked
    where repeat_number = 1 and (coalesce(livemode, 'true') = 'true' or has_live = 0)
)

select * from final
