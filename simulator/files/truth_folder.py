"""Writes the truth folder: what really happened, for comparison with what the warehouse computes."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from simulator.files.columns import Column, to_arrow

_TYPES = {
    "text": pa.string(),
    "day": pa.date32(),
    "time": pa.timestamp("us"),
    "whole": pa.int64(),
    "real": pa.float64(),
    "flag": pa.bool_(),
    "money": pa.decimal128(18, 4),
}


def _schema(text: str) -> pa.Schema:
    """From `type: name name …` parts, in order."""
    fields: list[tuple[str, pa.DataType]] = []
    kind = ""
    for word in text.split():
        if word.endswith(":"):
            kind = word[:-1]
        else:
            fields.append((word, _TYPES[kind]))
    return pa.schema(fields)


TABLES: dict[str, pa.Schema] = {
    # Hidden state and campaigns
    "account_traits": _schema(
        """text: account_id real: fit need champion budget expressiveness flag: is_silent is_managed is_test
        text: counts_for_account_id flag: had_trial time: created_at first_paid_at"""
    ),
    "account_hazards": _schema(
        """text: account_id day: as_of_date real: satisfaction belief budget leave_pressure
        flag: has_decided_to_leave
        real: churn_probability_30d churn_probability_90d churn_probability_180d"""
    ),
    "campaign_assignments": _schema("text: campaign_id account_id flag: is_treated is_randomised"),
    "campaign_effects": _schema(
        """text: campaign_id flag: is_randomised whole: eligible_accounts treated_accounts
        real: satisfaction_lift hazard_ratio cross_sell_ratio whole: lasts_months
        real: true_effect_churn_90d true_effect_churn_180d"""
    ),
    # The books
    "account_months": _schema(
        """text: account_id day: month_start text: currency money: opening_local closing_local
        opening_mrr new_mrr reactivated_mrr expansion_mrr contraction_mrr churned_mrr
        fx_impact_mrr closing_mrr"""
    ),
    "mrr_movements": _schema(
        """text: account_id day: movement_date month_start text: movement_type currency
        money: before_local after_local mrr_before mrr_after mrr_change whole: days_lapsed
        flag: is_pause is_involuntary"""
    ),
    "mrr_months": _schema(
        """day: month_start
        money: opening_mrr new_mrr reactivated_mrr expansion_mrr contraction_mrr churned_mrr
        fx_impact_mrr closing_mrr
        whole: opening_customers new_customers reactivated_customers churned_customers closing_customers
        real: customer_churn_rate nrr_rate grr_rate nrr_12m_rate grr_12m_rate"""
    ),
    "onboarding_steps": _schema("text: account_id step_key time: reached_at"),
    "onboarding_accounts": _schema(
        "text: account_id time: offered_at completed_at flag: is_completed_in_time"
    ),
    "onboarding_months": _schema(
        """day: month_start whole: accounts_offered accounts_completed accounts_completed_to_date
        flag: is_mature"""
    ),
    "ticket_months": _schema("day: month_start whole: opened resolved open_at_close escalated replies"),
    "voice_months": _schema(
        "day: month_start whole: nps_responses promoters detractors csat_responses satisfied"
    ),
    "usage_months": _schema("day: month_start whole: event_rows event_count active_users active_accounts"),
    # The raw folder
    "table_rows": _schema(
        """text: table_name
        whole: rows_read rows_accepted rows_repeated rows_superseded rows_quarantined unknown_references"""
    ),
    "spoiled_rows": _schema("text: table_name row_key reason file_name whole: row_number"),
}


class TruthFolder:
    """The folder of truth files, written piece by piece as Parquet."""

    def __init__(self, folder: Path) -> None:
        """`folder` exists and is empty."""
        self._folder = folder
        self._open: dict[str, pq.ParquetWriter] = {}

    def write(self, name: str, columns: dict[str, Column]) -> None:
        """Add rows to a truth table; every column of it must be given."""
        schema = TABLES[name]
        if name not in self._open:
            path = self._folder / f"{name}.parquet"
            self._open[name] = pq.ParquetWriter(path, schema, compression="zstd", store_schema=False)
        arrays = [to_arrow(columns[field.name], field.type) for field in schema]
        if len(arrays[0]):
            self._open[name].write_table(pa.table(arrays, schema=schema))

    def close(self) -> None:
        """Close all files; a table without rows still has its columns."""
        for name in TABLES.keys() - self._open.keys():
            self._open[name] = pq.ParquetWriter(
                self._folder / f"{name}.parquet", TABLES[name], compression="zstd", store_schema=False
            )
        for writer in self._open.values():
            writer.close()
