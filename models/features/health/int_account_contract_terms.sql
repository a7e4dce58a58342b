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

-- The newest stage that the source had recorded by the close.
recorded_stages as (
    select
        running_contracts.contract_id,
        running_contracts.month_start,
        versions.renewal_stage,
        row_number() over (
            partition by running_contracts.contract_id, running_contracts.month_start
            order by versions.recorded_at desc, versions.renewal_stage asc nulls last
        ) as place
    from running_contracts
    inner join {{ ref('int_contract_versions') }} as versions
        on
            running_contracts.contract_id = versions.contract_id
            and running_contracts.closes_on >= versions.recorded_on
),

-- A renewal decided by the date adds the length of a term; any other contract ends when it is due.
placed_contracts as (
    select
        *,
        {{ dbt.datediff('closes_on', 'due_on', 'day') }} + case when is_renewed then term_days else 0 end as days_left,
        case when not is_renewed and notice_due_on >= closes_on then {{ dbt.datediff('closes_on', 'notice_due_on', 'day') }} end
            as notice_days,
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
        ordered_contracts.account_id,
        ordered_contracts.month_start,
        ordered_contracts.days_left,
        ordered_contracts.term_days,
        ordered_contracts.notice_days,
        case
            when ordered_contracts.is_renewed then null
            when recorded_stages.contract_id is not null then recorded_stages.renewal_stage
            when ordered_contracts.known_on <= ordered_contracts.closes_on then ordered_contracts.renewal_stage
        end as renewal_stage,
        ordered_contracts.has_refused = 1 as is_refused
    from ordered_contracts
    left join recorded_stages
        on
            ordered_contracts.contract_id = recorded_stages.contract_id
            and ordered_contracts.month_start = recorded_stages.month_start
            and recorded_stages.place = 1
    where ordered_contracts.place = 1
)

select * from final
