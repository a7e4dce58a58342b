"""What is untidy in the export of each table: missing and corrected values, defects of spoiled rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

NOWHERE = "X9999999"  # an account or campaign that does not exist


@dataclass(frozen=True)
class Defect:
    """What is wrong with a spoiled row; `text_only` defects can be written to text files only."""

    reason: str
    column: str
    value: Any
    text_only: bool = False


@dataclass(frozen=True)
class UntidyRules:
    """What is untidy in one table's export.

    Attributes:
        new_key: the key column that gets a new value in a spoiled row.
        recorded_from: the row was recorded after the latest of these times; empty = the source does not say.
        corrected: the column that was still empty in an earlier version of the row.
        contradicted: the column that differs in a second row of the same key.
        missing: optional columns that are sometimes empty.
        unknown_reference: an empty optional reference that sometimes gets an unknown value.
        defects: of the spoiled rows.
    """

    new_key: str
    recorded_from: tuple[str, ...] = ()
    corrected: str | None = None
    contradicted: str | None = None
    missing: tuple[str, ...] = ()
    unknown_reference: str | None = None
    defects: tuple[Defect, ...] = ()


def _required(column: str) -> Defect:
    return Defect("missing_required_value", column, None)


def _unknown(column: str = "account_id", value: str = NOWHERE) -> Defect:
    return Defect("unknown_reference", column, value)


def _not_allowed(column: str, value: str) -> Defect:
    return Defect("value_not_allowed", column, value)


def _out_of_range(column: str, value: int) -> Defect:
    return Defect("out_of_range", column, value)


def _wrong_type(column: str, value: str) -> Defect:
    return Defect("wrong_type", column, value, text_only=True)


UNTIDY_RULES: dict[str, UntidyRules] = {
    "accounts": UntidyRules(
        new_key="account_id",
        recorded_from=("created_at",),
        corrected="industry",
        contradicted="region",
        missing=("industry", "region", "size_band", "acquisition_channel", "country"),
        unknown_reference="parent_account_id",
        defects=(_required("account_id"), _wrong_type("is_test", "perhaps")),
    ),
    "users": UntidyRules(
        new_key="user_id",
        recorded_from=("created_at", "deactivated_at"),
        corrected="role",
        contradicted="role",
        missing=("role",),
        defects=(_unknown(), _required("account_id")),
    ),
    "plans": UntidyRules(new_key="plan_id"),
    "subscription_items": UntidyRules(
        new_key="subscription_item_id",
        recorded_from=("valid_from", "valid_to"),
        corrected="valid_to",
        defects=(
            _unknown(),
            _unknown("plan_id", "core_gold"),
            _not_allowed("billing_interval", "fortnight"),
            _not_allowed("status", "sleeping"),
            _out_of_range("quantity", -3),
            _out_of_range("discount_rate", 2),
            _required("unit_price"),
            Defect("no_exchange_rate", "currency", "CHF"),
            _wrong_type("quantity", "five"),
        ),
    ),
    "fx_rates": UntidyRules(new_key="currency", defects=(_required("rate_to_reporting"),)),
    "contracts": UntidyRules(
        new_key="contract_id",
        recorded_from=("started_at", "decided_at"),
        corrected="renewed_mrr",
        missing=("auto_renews",),
        defects=(_unknown(), _not_allowed("outcome", "maybe"), _required("ends_at")),
    ),
    "cancellations": UntidyRules(
        new_key="cancellation_id",
        recorded_from=("cancelled_at",),
        corrected="comment",
        contradicted="reason_code",
        missing=("comment",),
        defects=(_unknown(), _wrong_type("cancelled_at", "soon")),
    ),
    "product_events": UntidyRules(
        new_key="event_id",
        corrected="duration_seconds",
        contradicted="event_name",
        defects=(
            _unknown(),
            _required("event_id"),
            _required("event_name"),
            _out_of_range("event_count", -1),
            _wrong_type("occurred_at", "yesterday"),
        ),
    ),
    "support_tickets": UntidyRules(
        new_key="ticket_id",
        recorded_from=("opened_at", "resolved_at"),
        corrected="resolved_at",
        contradicted="category",
        missing=("agent_id", "channel", "category"),
        defects=(
            _unknown(),
            _required("opened_at"),
            _wrong_type("is_escalated", "perhaps"),
        ),
    ),
    "survey_responses": UntidyRules(
        new_key="response_id",
        recorded_from=("responded_at",),
        corrected="comment",
        contradicted="comment",
        missing=("comment",),
        unknown_reference="account_id",
        defects=(
            _out_of_range("score", 12),
            _not_allowed("survey_kind", "ces"),
            _wrong_type("score", "great"),
        ),
    ),
    "cs_activities": UntidyRules(
        new_key="activity_id",
        recorded_from=("occurred_at",),
        corrected="response",
        contradicted="content_id",
        missing=("duration_minutes",),
        unknown_reference="campaign_id",
        defects=(_unknown(), _not_allowed("activity_type", "fax"), _required("occurred_at")),
    ),
    "opportunities": UntidyRules(
        new_key="opportunity_id",
        recorded_from=("created_at", "closed_at"),
        corrected="accepted_at",
        missing=("product_id",),
        defects=(_unknown(), _not_allowed("kind", "gift"), _out_of_range("mrr", -50)),
    ),
    "reviews": UntidyRules(
        new_key="review_id",
        recorded_from=("posted_at",),
        corrected="comment",
        missing=("comment",),
        defects=(_required("posted_at"), _required("site")),
    ),
    "feature_requests": UntidyRules(
        new_key="request_id",
        recorded_from=("created_at", "shipped_at"),
        corrected="area",
        missing=("area",),
        unknown_reference="account_id",
        defects=(_not_allowed("status", "someday"),),
    ),
    "feature_request_reactions": UntidyRules(
        new_key="reaction_id",
        recorded_from=("reacted_at",),
        corrected="user_id",
        missing=("user_id",),
        defects=(_unknown("request_id", "FR9999999"), _not_allowed("reaction", "shrug")),
    ),
    "kpi_targets": UntidyRules(new_key="segment_value"),
    "usage_gauges": UntidyRules(
        new_key="measure",
        defects=(_unknown(), _required("value"), _wrong_type("measured_on", "month end")),
    ),
    "customer_goals": UntidyRules(
        new_key="goal_id",
        recorded_from=("set_at", "achieved_at"),
        corrected="title",
        missing=("value_amount",),
        defects=(_unknown(), _required("set_at")),
    ),
    "campaigns": UntidyRules(new_key="campaign_id"),
    "leads": UntidyRules(
        new_key="lead_id",
        recorded_from=("created_at", "won_at"),
        corrected="sales_owner_id",
        missing=("sales_owner_id",),
        unknown_reference="account_id",
        defects=(_required("created_at"),),
    ),
    "acquisition_costs": UntidyRules(
        new_key="channel",
        defects=(_out_of_range("cost", -100), _required("cost"), _wrong_type("month", "Q1")),
    ),
    "team_members": UntidyRules(new_key="member_id", missing=("role",)),
    "success_plan_tasks": UntidyRules(
        new_key="task_id",
        corrected="title",
        missing=("milestone",),
        unknown_reference="goal_id",
        defects=(_required("title"),),
    ),
    "account_links": UntidyRules(new_key="source_id", defects=(_unknown(),)),
    "account_assignments": UntidyRules(new_key="account_id", missing=("region",)),
    "work_item_feedback": UntidyRules(
        new_key="reason",
        recorded_from=("given_at",),
        missing=("member_id",),
        defects=(_unknown(), _not_allowed("verdict", "perhaps")),
    ),
}

# The older version of a corrected row was recorded this long before the true one.
EARLIER = dt.timedelta(days=2)
