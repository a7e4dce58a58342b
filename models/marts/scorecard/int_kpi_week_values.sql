with kpis as (
    select * from {{ ref('dim_kpis') }}
),

weeks as (
    select * from {{ ref('dim_weeks') }}
),

use_days as (
    select * from {{ ref('kpi_active_users_days') }}
    where segment_dimension = 'all'
),

mrr_months as (
    select * from {{ ref('kpi_mrr_months_gross') }}
    where segment_dimension = 'all'
),

movement_days as (
    select
        movement_date,
        month_start,
        sum(mrr_change) as net_new_mrr,
        sum(case when movement_type = 'new' then mrr_change else 0 end) as new_mrr,
        sum(case when movement_type = 'reactivation' then mrr_change else 0 end) as reactivated_mrr,
        sum(case when movement_type = 'expansion' then mrr_change else 0 end) as expansion_mrr,
        sum(case when movement_type = 'contraction' then -mrr_change else 0 end) as contraction_mrr,
        sum(case when movement_type = 'churn' then -mrr_change else 0 end) as churned_mrr
    from {{ ref('fct_mrr_movements') }}
    group by movement_date, month_start
),

supplied_inputs as (
    select * from {{ ref('dim_supplied_inputs') }}
),

tickets as (
    select * from {{ ref('fct_support_tickets') }}
),

csat_responses as (
    select * from {{ ref('fct_survey_responses') }}
    where survey_kind = 'csat'
),

-- Daily use is the mean of the week's days, and its rates are of their sums; the other figures are the last day's.
use_weeks as (
    select
        weeks.week_start,
        false as is_total,
        {{ rate('sum(use_days.dau)', 'count(use_days.dau)') }} as dau,
        {{ rate('sum(use_days.dau)', 'sum(use_days.mau)') }} as stickiness,
        {{ rate(
            'sum(round(use_days.dau_rate * use_days.total_users))',
            'sum(case when use_days.dau_rate is not null then use_days.total_users end)'
        ) }} as dau_rate
        {%- for column in number_columns('kpi_active_users_days') if column not in ['dau', 'stickiness', 'dau_rate'] %},
        max(case when use_days.activity_date = weeks.closes_on then use_days.{{ column }} end) as {{ column }}
        {%- endfor %}
    from weeks
    left join use_days on weeks.week_start = {{ week_start('use_days.activity_date') }}
    group by weeks.week_start
),

movement_weeks as (
    select
        weeks.week_start,
        true as is_total,
        coalesce(sum(movement_days.net_new_mrr), 0) as net_new_mrr,
        coalesce(sum(movement_days.new_mrr), 0) as new_mrr,
        coalesce(sum(movement_days.reactivated_mrr), 0) as reactivated_mrr,
        coalesce(sum(movement_days.expansion_mrr), 0) as expansion_mrr,
        coalesce(sum(movement_days.contraction_mrr), 0) as contraction_mrr,
        coalesce(sum(movement_days.churned_mrr), 0) as churned_mrr
    from weeks
    left join movement_days on weeks.week_start = {{ week_start('movement_days.movement_date') }}
    group by weeks.week_start
),

-- MRR at the month's opening, at the exchange rate of its close, and movements since.
mrr_weeks as (
    select
        weeks.week_start,
        false as is_total,
        max(mrr_months.opening_mrr + mrr_months.fx_impact_mrr)
        + coalesce(sum(movement_days.net_new_mrr), 0) as closing_mrr
    from weeks
    inner join mrr_months on weeks.month_start = mrr_months.month_start
    left join movement_days
        on weeks.month_start = movement_days.month_start and weeks.closes_on >= movement_days.movement_date
    group by weeks.week_start
),

-- A week without a ticket has 0 of them; where tickets were not supplied it is NULL.
ticket_weeks as (
    select
        weeks.week_start,
        true as is_total,
        case when supplied_inputs.has_support_tickets then count(tickets.ticket_id) end as tickets_opened
    from weeks
    cross join supplied_inputs
    left join tickets on weeks.week_start = {{ week_start('tickets.opened_on') }}
    group by weeks.week_start, supplied_inputs.has_support_tickets
),

csat_weeks as (
    select
        weeks.week_start,
        false as is_total,
        {{ rate(count_where("csat_responses.response_class = 'satisfied'"), 'count(csat_responses.response_id)') }}
            as csat_rate
    from weeks
    left join csat_responses on weeks.week_start = {{ week_start('csat_responses.responded_on') }}
    group by weeks.week_start
),

final as (
    {% for relation, mart, columns in [
        ('use_weeks', 'kpi_active_users_days', number_columns('kpi_active_users_days')),
        ('movement_weeks', 'kpi_mrr_months_gross',
            ['new_mrr', 'reactivated_mrr', 'expansion_mrr', 'contraction_mrr', 'churned_mrr']),
        ('movement_weeks', 'kpi_mrr_months', ['net_new_mrr']),
        ('mrr_weeks', 'kpi_mrr_months', ['closing_mrr']),
        ('ticket_weeks', 'kpi_support_months', ['tickets_opened']),
        ('csat_weeks', 'kpi_csat_months', ['csat_rate']),
    ] -%}
    select
        kpis.kpi_id,
        measured.week_start,
        measured.is_total,
        {{ kpi_value('measured', columns) }} as value
    from {{ relation }} as measured
    inner join kpis
        on
            kpis.mart = '{{ mart }}'
            and kpis.value_column in ('{{ columns | join("', '") }}')
            and kpis.dimension_value = 'all'
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
