-- Every accepted version of a recurring charge is a period, unless it ended before it began, is quarantined, or belongs to a test account.
with versions as (
    select
        items.subscription_item_id,
        items.valid_from,
        items.account_id,
        items._file_name,
        items._row_number
    from {{ ref('stg_subscription_items') }} as items
    inner join {{ ref('int_accounts_resolved') }} as resolved on items.account_id = resolved.account_id
    where
        items.charge_kind = 'recurring'
        and (items.valid_to is null or items.valid_to > items.valid_from)
),

refused as (
    select * from {{ ref('quarantined_rows') }}
    where table_name = 'subscription_items'
),

expected as (
    select versions.*
    from versions
    left join refused
        on versions._file_name = refused.file_name and versions._row_number = refused.row_number
    where refused.row_number is null
),

periods as (
    select * from {{ ref('fct_subscription_periods') }}
)

select
    coalesce(expected.subscription_item_id, periods.subscription_item_id) as subscription_item_id,
    coalesce(expected.valid_from, periods.valid_from) as valid_from,
    expected.account_id,
    expected._file_name as file_name,
    expected._row_number as row_number,
    periods.subscription_item_id is not null as is_in_periods
from expected
full outer join periods
    on
        expected.subscription_item_id = periods.subscription_item_id
        and expected.valid_from = periods.valid_from
where expected.subscription_item_id is null or periods.subscription_item_id is null
