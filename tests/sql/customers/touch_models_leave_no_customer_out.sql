-- Each touch model begins where another ends, by share and by predicted LTV, so every customer has one.
with placed as (
    select
        touch_model,
        from_share,
        to_share,
        from_predicted_ltv,
        to_predicted_ltv,
        coalesce(lag(to_share) over (order by from_share), 0) as share_before,
        lead(from_share) over (order by from_share) as share_after,
        coalesce(lag(to_predicted_ltv) over (order by from_predicted_ltv), 0) as ltv_before,
        lead(from_predicted_ltv) over (order by from_predicted_ltv) as ltv_after
    from {{ ref('touch_models') }}
)

select *
from placed
where
    from_share != share_before
    or from_share >= to_share
    or (share_after is null and to_share != 1)
    or from_predicted_ltv != ltv_before
    or coalesce(from_predicted_ltv >= to_predicted_ltv, false)
    or (ltv_after is null) != (to_predicted_ltv is null)
