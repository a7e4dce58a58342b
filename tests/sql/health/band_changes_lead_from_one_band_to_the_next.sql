-- The log is whole: of two changes of an account, the later begins with the band that the earlier led to.
with changes as (
    select
        account_id,
        as_of_date,
        previous_health_band,
        lag(health_band) over (partition by account_id order by as_of_date) as led_to
    from {{ ref('account_health_changes') }}
)

select * from changes
where led_to != previous_health_band
