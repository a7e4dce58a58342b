with opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

opportunity_stages as (
    select
        opportunities.opportunity_id,
        opportunities.account_id,
        opportunities.kind,
        opportunities.source,
        opportunities.currency,
        opportunities.outcome,
        opportunities.mrr_local,
        opportunities.is_csql,
        opportunities.month_start as created_month,
        {{ month_start('opportunities.accepted_on') }} as accepted_month,
        {{ month_start('opportunities.closed_on') }} as closed_month,
        settings.as_of_date
    from opportunities
    cross join settings
),

opportunity_months as (
    select
        *,
        {{ each_month(
            'created_month',
            'greatest(coalesce(closed_month, ' ~ month_start('as_of_date') ~ '), coalesce(accepted_month, created_month))'
        ) }} as month_start
    from opportunity_stages
),

valued as (
    select
        *,
        least({{ month_end('month_start') }}, as_of_date) as valued_on
    from opportunity_months
),

final as (
    select
        valued.opportunity_id,
        {{ customer_segments() }},
        valued.kind,
        valued.source,
        {{ converted('valued.mrr_local', 'fx_rates.rate_to_reporting') }} as mrr,
        valued.is_csql,
        valued.month_start = valued.created_month as is_created,
        coalesce(valued.month_start = valued.accepted_month, false) as is_accepted,
        coalesce(valued.month_start = valued.closed_month and valued.outcome = 'won', false) as is_won,
        coalesce(valued.month_start = valued.closed_month and valued.outcome = 'lost', false) as is_lost,
        coalesce(valued.month_start < valued.closed_month, true) as is_open_at_close,
        valued.month_start
    from valued
    {{ join_fx_rates('valued', 'valued_on') }}
    {{ join_customer_segments('valued') }}
)

select * from final
