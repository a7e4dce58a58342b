-- Who looked after an account, and where it belonged, at the close of each month; of overlapping spans the latest.
with assignments as (
    select * from {{ ref('stg_account_assignments') }}
    where valid_to is null or valid_to > valid_from
),

settings as (
    select * from {{ ref('int_settings') }}
),

customers as (
    select * from {{ ref('int_customers') }}
),

team_members as (
    select * from {{ ref('stg_team_members') }}
),

months as (
    select * from {{ ref('int_months') }}
),

spans as (
    select
        assignments.*,
        {{ local_date('assignments.valid_from', 'settings.reporting_timezone') }} as started_on,
        {{ local_date('assignments.valid_to', 'settings.reporting_timezone') }} as ended_on
    from assignments
    cross join settings
    inner join customers on assignments.account_id = customers.account_id
),

placed_spans as (
    select
        spans.account_id,
        months.month_start,
        spans.csm_id,
        spans.cs_team,
        spans.region,
        row_number() over (
            partition by spans.account_id, months.month_start order by spans.valid_from desc
        ) as place
    from spans
    inner join months
        on spans.started_on <= months.closes_on and (spans.ended_on is null or spans.ended_on > months.closes_on)
),

-- A manager without a known team is not in the team of today's manager.
final as (
    select
        placed_spans.account_id,
        placed_spans.month_start,
        placed_spans.csm_id,
        coalesce(
            placed_spans.cs_team,
            team_members.team,
            case when placed_spans.csm_id is not null then 'unknown' end
        ) as cs_team,
        placed_spans.region
    from placed_spans
    left join team_members on placed_spans.csm_id = team_members.member_id
    where placed_spans.place = 1
)

select * from final
