-- Expansion suggestions: the first rule of the seed csql_rules that a customer meets.
with customers as (
    select * from {{ ref('dim_accounts') }}
    where is_customer
),

scores as (
    select * from {{ ref('account_health_scores') }}
),

usage_months as (
    select * from {{ ref('fct_account_usage_months') }}
),

feature_months as (
    select * from {{ ref('fct_account_feature_months') }}
),

product_features as (
    select * from {{ ref('product_features') }}
),

plan_months as (
    select * from {{ ref('int_account_plan_months') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
    where outcome = 'open'
),

rules as (
    select * from {{ ref('csql_rules') }}
),

today as (
    select
        as_of_date,
        {{ month_start('as_of_date') }} as month_start
    from {{ ref('int_settings') }}
),

current_scores as (
    select scores.*
    from scores
    inner join today on scores.as_of_date = today.as_of_date
),

products_bought as (
    select distinct
        plan_months.account_id,
        plan_months.product_id
    from plan_months
    inner join today on plan_months.month_start = today.month_start
    where plan_months.closing_local > 0
),

products_used as (
    select distinct
        feature_months.account_id,
        product_features.product_id
    from feature_months
    inner join product_features on feature_months.feature = product_features.feature
    cross join today
    where feature_months.month_start >= {{ add_months('today.month_start', -1) }} and feature_months.events > 0
),

signals as (
    select
        usage_months.account_id,
        'seat_use_rate' as signal,
        {{ rate('usage_months.issued_users', 'usage_months.seats_limit') }} as signal_value
    from usage_months
    inner join today on usage_months.month_start = today.month_start
    union all
    select
        products_used.account_id,
        'unbought_products_used' as signal,
        cast({{ count_where('products_bought.account_id is null') }} as double) as signal_value
    from products_used
    left join products_bought on products_used.account_id = products_bought.account_id and products_used.product_id = products_bought.product_id
    group by products_used.account_id
    union all
    select
        account_id,
        'health_score' as signal,
        score as signal_value
    from current_scores
),

rules_met as (
    select
        signals.account_id,
        rules.csql_rule,
        rules.kind,
        rules.label_en,
        rules.label_ja,
        row_number() over (partition by signals.account_id order by rules.priority) as place
    from signals
    inner join customers on signals.account_id = customers.account_id
    inner join rules on signals.signal = rules.signal and signals.signal_value >= rules.min_value
    left join current_scores on signals.account_id = current_scores.account_id
    left join opportunities
        on signals.account_id = opportunities.account_id and rules.kind = opportunities.kind
    where
        opportunities.account_id is null
        and (rules.health_band = 'any' or rules.health_band = current_scores.health_band)
),

final as (
    select
        account_id,
        csql_rule,
        kind,
        label_en,
        label_ja
    from rules_met
    where place = 1
)

select * from final
