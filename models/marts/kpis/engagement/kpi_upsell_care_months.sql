with account_months as (
    select * from {{ ref('fct_account_months') }}
    where upsell_mrr > 0
),

drivers as (
    select * from {{ ref('fct_mrr_movement_drivers') }}
    where is_upsell
),

two_way_touches as (
    select * from {{ ref('fct_cs_activities') }}
    where is_two_way
),

as_of as (
    select max(closes_on) as as_of_date from {{ ref('dim_months') }}
),

first_recorded as (
    select min(occurred_on) as recorded_from from {{ ref('fct_cs_activities') }}
),

last_upsells as (
    select
        account_id,
        {{ month_start('movement_date') }} as month_start,
        max(movement_date) as upsold_on
    from drivers
    group by account_id, {{ month_start('movement_date') }}
),

dated as (
    select
        account_months.*,
        coalesce(last_upsells.upsold_on, {{ month_end('account_months.month_start') }}) as upsold_on
    from account_months
    left join last_upsells
        on account_months.account_id = last_upsells.account_id and account_months.month_start = last_upsells.month_start
),

cared_for as (
    select distinct
        dated.account_id,
        dated.month_start
    from dated
    inner join two_way_touches
        on
            dated.account_id = two_way_touches.account_id
            and dated.upsold_on < two_way_touches.occurred_on
            and {{ add_days('dated.upsold_on', 30) }} >= two_way_touches.occurred_on
),

-- Before the first touch point no rows mean no data.
upsold as (
    select
        dated.*,
        {{ add_days('dated.upsold_on', 30) }} <= as_of.as_of_date as is_over,
        {{ add_days('dated.upsold_on', 30) }} <= as_of.as_of_date
        and coalesce(dated.upsold_on >= first_recorded.recorded_from, false) as is_counted,
        cared_for.account_id is not null as is_cared_for
    from dated
    cross join as_of
    cross join first_recorded
    left join cared_for on dated.account_id = cared_for.account_id and dated.month_start = cared_for.month_start
),

summed as (
    select
        month_start,
        {{ segment_columns() }},
        cast(count(*) as bigint) as upsold_customers,
        {{ count_where('is_counted') }} as upsold_customers_30d_over,
        {{ count_where('is_counted and is_cared_for') }} as upsold_customers_cared_for,
        min(case when is_over then 1 else 0 end) = 1 as is_mature
    from upsold
    {{ group_by_segments(['month_start']) }}
),

final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        upsold_customers,
        upsold_customers_30d_over,
        upsold_customers_cared_for,
        {{ rate('upsold_customers_cared_for', 'upsold_customers_30d_over') }} as care_30d_after_upsell_rate,
        is_mature
    from summed
)

select * from final
