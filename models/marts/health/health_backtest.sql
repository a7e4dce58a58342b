with backtest as (
    select * from {{ source('health', 'backtest') }}
),

final as (
    select
        cast(segment_dimension as string) as segment_dimension,
        cast(segment_value as string) as segment_value,
        cast(model as string) as model,

        cast(lead_days as bigint) as lead_days,
        cast(horizon_days as bigint) as horizon_days,
        cast(auc as double) as auc,
        cast(auc_low as double) as auc_low,
        cast(auc_high as double) as auc_high,
        cast(lift_top_decile as double) as lift_top_decile,
        cast(brier as double) as brier,
        cast(accounts as bigint) as accounts,
        cast(churned as bigint) as churned,
        cast(account_dates as bigint) as account_dates,
        cast(churned_account_dates as bigint) as churned_account_dates,

        cast(as_of_from as date) as as_of_from,
        cast(as_of_to as date) as as_of_to
    from backtest
)

select * from final
