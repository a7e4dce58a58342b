-- The log has no gaps: each change of an account begins with the band that the one before led to.
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
