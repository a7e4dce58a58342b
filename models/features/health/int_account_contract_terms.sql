-- The contract that an account is in at each close, as far as it was known then: of several the one that ends first.
with months as (
    select * from {{ ref('int_months') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

contracts as (
    select
        renewals.contract_id,
        renewals.account_id,
        renewals.outcome,
        renewals.renewal_stage,
        renewals.due_on,
        renewals.notice_due_on,
        renewals.notice_given_on,
        {{ local_date('renewals.started_at', 'settings.reporting_timezone') }} as started_on,
        {{ local_date('renewals.decided_at', 'settings.reporting_timezone') }} as decided_on,
        coalesce({{ local_date('renewals.recorded_at', 'settings.reporting_timezone') }}, settings.as_of_date) as known_on
    from {{ ref('fct_contract_renewals') }} as renewals
    cross join settings
),

running_contracts as (
    select
        contracts.*,
        months.month_start,
        months.closes_on,
        {{ dbt.datediff('contracts.started_on', 'contracts.due_on', 'day') }} as term_days,
        coalesce(contracts.decided_on <= months.closes_on and contracts.outcome = 'renewed', false) as is_renewed,
        coalesce(contracts.decided_on <= months.closes_on and contracts.outcome = 'churned', false)
        or coalesce(contracts.notice_given_on <= months.closes_on, false) as is_refused
    from contracts
    inner join months
        on contracts.started_on <= months.closes_on and contracts.due_on > months.closes_on
),

-- A renewal decided by the date adds the length of a term; any other contract ends when it is due.
placed_contracts as (
    select
        *,
        {{ dbt.datediff('closes_on', 'due_on', 'day') }} + case when is_renewed then term_days else 0 end as days_left,
        case when not is_renewed and notice_due_on >= closes_on then {{ dbt.datediff('closes_on', 'notice_due_on', 'day') }} end
            as notice_days,
        case when not is_renewed and known_on <= closes_on then renewal_stage end as known_stage,
        max(case when is_refused then 1 else 0 end) over (partition by account_id, month_start) as has_refused
    from running_contracts
),

ordered_contracts as (
    select
        *,
        row_number() over (partition by account_id, month_start order by days_left, contract_id) as place
    from placed_contracts
),

final as (
    select
        account_id,
        month_start,
        days_left,
        term_days,
        notice_days,
        known_stage as renewal_stage,
        has_refused = 1 as is_refused
    from ordered_contracts
    where place = 1
)

select * from final
