-- Nothing after the as-of date is in a figure. Subscription periods are left out: a known end may be later.
with settings as (
    select * from {{ ref('int_settings') }}
),

dated as (
    select
        'fct_mrr_movements' as mart,
        account_id,
        movement_date as dated_on
    from {{ ref('fct_mrr_movements') }}
    union all
    select
        'fct_mrr_movement_drivers' as mart,
        account_id,
        movement_date as dated_on
    from {{ ref('fct_mrr_movement_drivers') }}
    union all
    select
        'fct_account_months' as mart,
        account_id,
        month_start as dated_on
    from {{ ref('fct_account_months') }}
    union all
    select
        'fct_account_retention_windows' as mart,
        account_id,
        month_start as dated_on
    from {{ ref('fct_account_retention_windows') }}
    union all
    select
        'dim_accounts' as mart,
        account_id,
        first_mrr_date as dated_on
    from {{ ref('dim_accounts') }}
    union all
    select
        'dim_months' as mart,
        cast(null as string) as account_id,
        closes_on as dated_on
    from {{ ref('dim_months') }}
)

select
    dated.*,
    settings.as_of_date
from dated
cross join settings
where dated.dated_on > settings.as_of_date
