-- Reasons to act that the health score gives: red now, no use of the product, and a customer who could buy more.
with today as (
    select as_of_date from {{ ref('int_settings') }}
),

settings as (
    select cast(setting_value as integer) as idle_days from {{ ref('work_settings') }}
    where setting_id = 'idle_days'
),

scores as (
    select * from {{ ref('account_health_scores') }}
),

lowest_band as (
    select health_band from {{ ref('health_bands') }}
    where min_score = 0
),

not_red as (
    select
        scores.account_id,
        max(scores.as_of_date) as not_red_on
    from scores
    inner join lowest_band on scores.health_band != lowest_band.health_band
    group by scores.account_id
),

red_since as (
    select
        scores.account_id,
        min(scores.as_of_date) as arose_on
    from scores
    inner join lowest_band on scores.health_band = lowest_band.health_band
    left join not_red on scores.account_id = not_red.account_id
    where scores.as_of_date > not_red.not_red_on or not_red.not_red_on is null
    group by scores.account_id
),

contributions as (
    select * from {{ ref('account_health_contributions') }}
),

-- The measure that the score names, with its value.
named_measures as (
    select
        scores.account_id,
        contributions.measure_label_en as label_en,
        contributions.measure_label_ja as label_ja,
        case
            when contributions.raw_value = floor(contributions.raw_value)
                then cast(cast(contributions.raw_value as bigint) as string)
            else cast({{ double_as_decimal('contributions.raw_value', 'decimal(18, 2)') }} as string)
        end as value_text
    from scores
    inner join today on scores.as_of_date = today.as_of_date
    inner join contributions
        on
            scores.account_id = contributions.account_id
            and scores.as_of_date = contributions.as_of_date
            and coalesce(scores.main_reason, scores.timing_reason) = contributions.measure_id
),

suggestions as (
    select * from {{ ref('int_csql_suggestions') }}
),

reasons as (
    select
        scores.account_id,
        'health_red' as reason,
        red_since.arose_on,
        cast(cast(round(scores.score) as integer) as string) as value_1,
        case
            when scores.score_change_30d > 0
                then concat('+', cast(cast(round(scores.score_change_30d) as integer) as string))
            else cast(cast(round(scores.score_change_30d) as integer) as string)
        end as value_2,
        case
            when named_measures.value_text is null then named_measures.label_en
            else concat(named_measures.label_en, ': ', named_measures.value_text)
        end as label_en,
        case
            when named_measures.value_text is null then named_measures.label_ja
            else concat(named_measures.label_ja, ':', named_measures.value_text)
        end as label_ja
    from scores
    inner join today on scores.as_of_date = today.as_of_date
    inner join lowest_band on scores.health_band = lowest_band.health_band
    inner join red_since on scores.account_id = red_since.account_id
    left join named_measures on scores.account_id = named_measures.account_id
    union all
    select
        states.account_id,
        'no_usage' as reason,
        {{ add_days('states.as_of_date', 'settings.idle_days - cast(states.days_idle as integer)') }} as arose_on,
        cast(cast(states.days_idle as integer) as string) as value_1,
        cast(null as string) as value_2,
        cast(null as string) as label_en,
        cast(null as string) as label_ja
    from {{ ref('int_account_states') }} as states
    inner join today on states.as_of_date = today.as_of_date
    cross join settings
    where states.is_idle
    union all
    -- Nobody knows since when a suggestion holds.
    select
        account_id,
        'csql' as reason,
        cast(null as date) as arose_on,
        cast(null as string) as value_1,
        cast(null as string) as value_2,
        label_en,
        label_ja
    from suggestions
)

select * from reasons
