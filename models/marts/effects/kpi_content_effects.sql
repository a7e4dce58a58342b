-- What became of accounts after they first used a kind of content, against comparable accounts that never did.
with accounts as (
    select * from {{ ref('int_content_accounts') }}
),

outcomes as (
    select * from {{ ref('campaign_outcomes') }}
),

activity_types as (
    select * from {{ ref('activity_types') }}
),

effects as (
    {{ effects_of(ref('int_content_strata'), ['activity_type', 'outcome']) }}
),

success_settings as (
    select setting_value as min_accounts
    from {{ ref('success_settings') }}
    where setting_id = 'campaign_min_accounts'
),

used_types as (
    select
        activity_type,
        {{ count_where('is_treated') }} as used_accounts
    from accounts
    group by activity_type
),

final as (
    select
        cast(used_types.activity_type as string) as activity_type,
        cast(activity_types.label_en as string) as activity_type_label_en,
        cast(activity_types.label_ja as string) as activity_type_label_ja,
        cast(outcomes.outcome as string) as outcome,
        cast(outcomes.label_en as string) as outcome_label_en,
        cast(outcomes.label_ja as string) as outcome_label_ja,
        cast(outcomes.within_days as bigint) as within_days,
        used_types.used_accounts,
        {{ effect_columns() }}
    from used_types
    cross join outcomes
    cross join success_settings
    inner join activity_types on used_types.activity_type = activity_types.activity_type
    left join effects
        on used_types.activity_type = effects.activity_type and outcomes.outcome = effects.outcome
)

select * from final
