-- A table that grows where nothing tells what changed would hold the rows of one day alone.
with engines as (
    select
        '{{ growing_table() }}' = 'incremental' as has_growing_tables,
        {{ 'true' if keeps_increments() else 'false' }} as has_increments
)

select * from engines
where has_growing_tables != has_increments
