-- Each subscription item at the end of the day before a change and at the end of the day of the change.
with settings as (
    select * from {{ ref('int_settings') }}
),

lasting_versions as (
    select *
    from {{ ref('int_subscription_periods') }}
    where started_on < ended_on or ended_on is null
),

neighboured_versions as (
    select
        *,
        lag(ended_on) over (partition by subscription_item_id order by started_on) as previous_ended_on,
        lag(status) over (partition by subscription_item_id order by started_on) as previous_status,
        lag(is_counted) over (partition by subscription_item_id order by started_on) as was_previous_counted,
        lead(started_on) over (partition by subscription_item_id order by started_on) as next_started_on,
        lead(status) over (partition by subscription_item_id order by started_on) as next_status,
        lead(is_counted) over (partition by subscription_item_id order by started_on) as is_next_counted
    from lasting_versions
),

counted_versions as (
    select
        *,
        coalesce(previous_ended_on = started_on and previous_status = 'paused' and not was_previous_counted, false) as follows_pause,
        coalesce(next_started_on = ended_on and next_status = 'paused' and not is_next_counted, false) as precedes_pause,
        -- Grace can also end on the day on which the source begins another past_due version.
        is_ended_by_grace
        or coalesce(next_started_on = ended_on and next_status = 'past_due' and not is_next_counted, false)
            as precedes_unpaid
    from neighboured_versions
    where is_counted
),

edges as (
    select
        *,
        started_on as change_date,
        'after' as side
    from counted_versions
    union all
    select
        *,
        ended_on as change_date,
        'before' as side
    from counted_versions
    where ended_on is not null
),

final as (
    select
        edges.account_id,
        edges.subscription_item_id,
        edges.change_date,
        {% for side in ['before', 'after'] -%}
        max(case when edges.side = '{{ side }}' then edges.plan_id end) as plan_id_{{ side }},
        max(case when edges.side = '{{ side }}' then edges.product_id end) as product_id_{{ side }},
        max(case when edges.side = '{{ side }}' then edges.tier_rank end) as tier_rank_{{ side }},
        coalesce(max(case when edges.side = '{{ side }}' and edges.is_addon then 1 end) = 1, false) as is_addon_{{ side }},
        max(case when edges.side = '{{ side }}' then edges.quantity end) as quantity_{{ side }},
        max(case when edges.side = '{{ side }}' then edges.unit_price end) as unit_price_{{ side }},
        max(case when edges.side = '{{ side }}' then edges.discount_rate end) as discount_rate_{{ side }},
        max(case when edges.side = '{{ side }}' then edges.billing_interval end) as billing_interval_{{ side }},
        max(case when edges.side = '{{ side }}' then edges.billing_interval_count end) as billing_interval_count_{{ side }},
        max(case when edges.side = '{{ side }}' then edges.currency end) as currency_{{ side }},
        max(case when edges.side = '{{ side }}' then edges.mrr_local end) as mrr_local_{{ side }},
        {% endfor -%}
        coalesce(max(case when edges.side = 'after' and edges.follows_pause and edges.mrr_local > 0 then 1 end) = 1, false) as resumes_from_pause,
        coalesce(max(case when edges.side = 'before' and edges.precedes_pause and edges.mrr_local > 0 then 1 end) = 1, false) as is_paused,
        coalesce(max(case when edges.side = 'before' and edges.precedes_unpaid and edges.mrr_local > 0 then 1 end) = 1, false)
            as is_ended_unpaid
    from edges
    cross join settings
    where edges.change_date <= settings.as_of_date
    group by edges.account_id, edges.subscription_item_id, edges.change_date
)

select * from final
