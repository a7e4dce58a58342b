{%- set amounts = [
    'opening', 'new_customer', 'cross_sell', 'expansion', 'plan_switched_in', 'contraction', 'removed',
    'plan_switched_out', 'churned', 'fx_impact', 'closing'
] -%}
with plan_months as (
    select * from {{ ref('fct_account_plan_months') }}
),

account_months as (
    select * from {{ ref('fct_account_months') }}
),

months as (
    select * from {{ ref('dim_months') }}
),

product_months as (
    select
        account_id,
        month_start,
        product_id,
        sum(opening_mrr) as opening_mrr,
        sum(fx_impact_mrr) as fx_impact_mrr,
        sum(closing_mrr) as closing_mrr
    from plan_months
    group by account_id, month_start, product_id
),

-- A plan that is new beside or instead of another plan of its product is a switch; an add-on is sold across.
held_parts as (
    select
        account_id,
        month_start,
        product_id,
        'all' as plan_id,
        opening_mrr,
        fx_impact_mrr,
        closing_mrr,
        false as is_of_held_product,
        false as is_of_kept_product
    from product_months
    union all
    select
        plan_months.account_id,
        plan_months.month_start,
        plan_months.product_id,
        plan_months.plan_id,
        plan_months.opening_mrr,
        plan_months.fx_impact_mrr,
        plan_months.closing_mrr,
        not plan_months.is_addon and product_months.opening_mrr != 0 as is_of_held_product,
        not plan_months.is_addon and product_months.closing_mrr != 0 as is_of_kept_product
    from plan_months
    inner join product_months
        on
            plan_months.account_id = product_months.account_id
            and plan_months.month_start = product_months.month_start
            and plan_months.product_id = product_months.product_id
),

compared as (
    select
        held_parts.*,
        account_months.is_opening_customer and account_months.is_closing_customer as is_staying,
        account_months.is_churned,
        held_parts.closing_mrr - held_parts.opening_mrr - held_parts.fx_impact_mrr as change_mrr
    from held_parts
    inner join account_months
        on held_parts.account_id = account_months.account_id and held_parts.month_start = account_months.month_start
),

moved as (
    select
        *,
        case
            when is_churned then 'churned'
            when not is_staying then 'new_customer'
            when opening_mrr = 0 then case when is_of_held_product then 'plan_switched_in' else 'cross_sell' end
            when closing_mrr = 0 then case when is_of_kept_product then 'plan_switched_out' else 'removed' end
            when change_mrr > 0 then 'expansion'
            else 'contraction'
        end as movement
    from compared
),

-- All together is the sum of the products.
summed as (
    select
        month_start,
        product_id,
        plan_id,
        grouping(product_id) = 0 as is_of_a_product,
        sum(opening_mrr) as opening,
        {%- for movement in amounts[1:-2] %}
        sum(case when movement = '{{ movement }}' then abs(change_mrr) else 0 end) as {{ movement }},
        {%- endfor %}
        sum(fx_impact_mrr) as fx_impact,
        sum(closing_mrr) as closing,
        sum(case when opening_mrr != 0 then closing_mrr else 0 end) as kept,
        cast(count(distinct case when opening_mrr > 0 then account_id end) as bigint) as opening_customers,
        cast(count(distinct case when closing_mrr > 0 then account_id end) as bigint) as closing_customers
    from moved
    group by grouping sets ((month_start, product_id, plan_id), (month_start, plan_id))
),

shown as (
    select * from summed
    where is_of_a_product or plan_id = 'all'
),

final as (
    select
        months.month_start,
        cast(case when shown.is_of_a_product then shown.product_id else 'all' end as string) as product_id,
        coalesce(shown.plan_id, 'all') as plan_id,
        {%- for amount in amounts %}
        cast(coalesce(shown.{{ amount }}, 0) as decimal(18, 4)) as {{ amount }}_mrr,
        {%- endfor %}
        coalesce(shown.opening_customers, 0) as opening_customers,
        coalesce(shown.closing_customers, 0) as closing_customers,
        {{ rate('shown.kept', 'shown.opening + shown.fx_impact') }} as product_nrr_rate
    from months
    left join shown on months.month_start = shown.month_start
)

select * from final
