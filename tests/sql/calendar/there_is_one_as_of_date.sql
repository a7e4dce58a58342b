-- Every model is joined to the one row of settings: none would empty the marts, two would double them.
with settings as (
    select
        count(*) as settings_rows,
        max(as_of_date) as as_of_date
    from {{ ref('int_settings') }}
)

select * from settings
where settings_rows != 1 or as_of_date is null
