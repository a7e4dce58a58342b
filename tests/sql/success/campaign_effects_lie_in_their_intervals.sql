-- Treated accounts have a touch of the campaign, and an effect lies within its own interval.
select
    campaign_id,
    outcome,
    touched_accounts,
    treated_accounts,
    treated_rate,
    control_rate,
    difference,
    ci_low,
    ci_high
from {{ ref('kpi_campaign_effects') }}
where
    treated_accounts > coalesce(touched_accounts, 0)
    or difference not between ci_low and ci_high
    or difference not between treated_rate - control_rate - 1e-9 and treated_rate - control_rate + 1e-9
    or (treated_accounts > 0) != coalesce(difference is not null, false)
