-- Each object once, as its last row has it. Test mode is left out unless everything is test mode.
with landed as (
    select
        object_name,
        body,
        {{ json_text('body', 'id') }} as object_id,
        coalesce({{ json_text('body', 'livemode') }}, 'true') = 'false' as is_test_mode,
        _file_name,
        _row_number
    from {{ source('load', 'system_objects') }}
    where system = 'stripe'
),

ranked as (
    select
        *,
        min(case when is_test_mode then 1 else 0 end) over () as is_all_test_mode,
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
    where repeat_number = 1 and (not is_test_mode or is_all_test_mode = 1)
)

select * from final
