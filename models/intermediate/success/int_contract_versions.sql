-- What the source said of a contract before it wrote its row anew, too.
with contracts as (
    select * from {{ ref('base_contracts') }}
    where row_status in ('accepted', 'superseded') and recorded_at is not null
),

settings as (
    select * from {{ ref('int_settings') }}
),

final as (
    select
        contracts.contract_id,
        contracts.renewal_stage,
        contracts.recorded_at,
        {{ local_date('contracts.recorded_at', 'settings.reporting_timezone') }} as recorded_on
    from contracts
    cross join settings
)

select * from final
