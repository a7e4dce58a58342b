with costs as (
    select * from {{ ref('stg_acquisition_costs') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

dated_costs as (
    select
        costs.channel,
        costs.currency,
        costs.cost,
        {{ month_start('costs.month') }} as month_start,
        least({{ month_end('costs.month') }}, settings.as_of_date) as valued_on
    from costs
    cross join settings
    where {{ month_start('costs.month') }} <= settings.as_of_date
),

valued_costs as (
    select
        dated_costs.channel,
        dated_costs.month_start,
        {{ converted('dated_costs.cost', 'fx_rates.rate_to_reporting') }} as cost
    from dated_costs
    {{ join_fx_rates('dated_costs', 'valued_on') }}
),

-- One cost that cannot be converted makes the total NULL.
final as (
    select
        channel,
        cast(case when count(cost) = count(*) then sum(cost) end as decimal(18, 4)) as cost,
        month_start
    from valued_costs
    group by channel, month_start
)

select * from final
