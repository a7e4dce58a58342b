-- Each subscription item at the end of the day before a change and at the end of the day of the change.
with settings as (
    select * from {{ ref('int_settings') }}
),

lasting_versions as (
    select *
    from {{ ref('int_subscription_periods') }}
    where started_on < ended_on or ended_on is null
),

interruptions as (
    select
        subscription_item_id,
        status,
        started_on,
        ended_on
    from lasting_versions
    where not is_counted and status in ('paused', 'past_due')
),

begun_versions as (
    select
        versions.*,
        interruptions.status is not null as follows_pause
    from lasting_versions as versions
    cross join settings
    left join interruptions
        on
            versions.subscription_item_id = interruptions.subscription_item_id
            and versions.started_on = interruptions.ended_on
            and interruptions.status = 'paused'
    where versions.is_counted and versions.started_on <= settings.as_of_date
),

ended_versions as (
    select
        versions.*,
        coalesce(interruptions.status = 'paused', false) as precedes_pause,
        -- Grace can also end on the day on which the source begins another past_due version.
        versions.is_ended_by_grace or coalesce(interruptions.status = 'past_due', false) as precedes_unpaid
    from lasting_versions as versions
    cross join settings
    left join interruptions
        on
            versions.subscription_item_id = interruptions.subscription_item_id
            and versions.ended_on = interruptions.started_on
    where versions.is_counted and versions.ended_on <= settings.as_of_date
),

-- A version that ends and one that begins on the same day are two sides of one change.
final as (
    select
        coalesce(begun.account_id, ended.account_id) as account_id,
        coalesce(begun.subscription_item_id, ended.subscription_item_id) as subscription_item_id,
        coalesce(begun.started_on, ended.ended_on) as change_date,
        {% for side, versions in {'before': 'ended', 'after': 'begun'}.items() -%}
        {{ versions }}.plan_id as plan_id_{{ side }},
        {{ versions }}.product_id as product_id_{{ side }},
        {{ versions }}.tier_rank as tier_rank_{{ side }},
        coalesce({{ versions }}.is_addon, false) as is_addon_{{ side }},
        {{ versions }}.quantity as quantity_{{ side }},
        {{ versions }}.unit_price as unit_price_{{ side }},
        {{ versions }}.discount_rate as discount_rate_{{ side }},
        {{ versions }}.billing_interval as billing_interval_{{ side }},
        {{ versions }}.billing_interval_count as billing_interval_count_{{ side }},
        {{ versions }}.currency as currency_{{ side }},
        {{ versions }}.mrr_local as mrr_local_{{ side }},
        {% endfor -%}
        coalesce(begun.follows_pause and begun.mrr_local > 0, false) as resumes_from_pause,
        coalesce(ended.precedes_pause and ended.mrr_local > 0, false) as is_paused,
        -- A discount of 100 % without an end is no period.
        coalesce(ended.mrr_local > 0 and begun.discount_rate = 1 and begun.ended_on is not null, false) as becomes_free,
        coalesce(begun.mrr_local > 0 and ended.discount_rate = 1, false) as was_free,
        coalesce(ended.precedes_unpaid and ended.mrr_local > 0, false) as is_ended_unpaid
    from begun_versions as begun
    full outer join ended_versions as ended
        on
            begun.account_id = ended.account_id
            and begun.subscription_item_id = ended.subscription_item_id
            and begun.started_on = ended.ended_on
)

select * from final
