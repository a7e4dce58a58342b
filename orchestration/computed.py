"""The tables that Python computes from models, and that later models read as sources.

dbt runs twice: up to what these are computed from, and from them on. The loader creates those that are not
there yet, empty, so that dbt can be run by itself.
"""

# Each table and its columns, in types that every engine knows.
COMPUTED_TABLES = {
    "health.account_scores": """
        account_id string, as_of_date date, score double, health_band string, coverage double,
        adoption_score double, maturity_score double, engagement_score double, sentiment_score double,
        support_score double, commercial_score double, score_change_30d double, main_reason string,
        next_best_action string, lifecycle_stage string, config_version string
    """,
    "health.account_contributions": """
        account_id string, as_of_date date, measure_id string, axis string, raw_value double,
        normalised_value double, weight double, contribution double, points_lost double, is_used boolean,
        reason_not_used string
    """,
    "health.score_history": """
        account_id string, as_of_date date, config_version string, score double, coverage double,
        adoption_score double, maturity_score double, engagement_score double, sentiment_score double,
        support_score double, commercial_score double, main_reason string
    """,
    "health.backtest": """
        as_of_from date, as_of_to date, lead_days bigint, horizon_days bigint, segment_dimension string,
        segment_value string, model string, auc double, auc_low double, auc_high double,
        lift_top_decile double, brier double, accounts bigint, churned bigint, account_dates bigint,
        churned_account_dates bigint
    """,
    "health.leading_indicators": """
        indicator_id string, target_kpi_id string, lag_days bigint, auc double, correlation double,
        accounts bigint, outcomes bigint, direction_agrees boolean
    """,
    "health.suggestions": """
        measure_id string, weight double, suggested_weight double
    """,
    "effects.campaign_effects": """
        campaign_id string, outcome string, treated_accounts bigint, control_accounts bigint,
        matched_rate double, treated_rate double, control_rate double, difference double, ci_low double,
        ci_high double, p_value double, max_std_difference double, least_balanced string
    """,
}

COMPUTED_SCHEMAS = sorted({name.split(".")[0] for name in COMPUTED_TABLES})
