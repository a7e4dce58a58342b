with periods as (
    select
        cast('2024-01-31' as date) as ends_on,
        cast(null as date) as never_ends_on
)

select * from periods
where
    {{ or_never('ends_on') }} is distinct from cast('2024-01-31' as date)
    or {{ or_never('never_ends_on') }} is distinct from cast('9999-12-31' as date)
