"""What a run says of closed figures that it changed."""

from __future__ import annotations

import duckdb


def restated(connection: duckdb.DuckDBPyConnection, run_id: str) -> list[str]:
    """The sentence about figures of closed months that this run published with another value; or none."""
    found = connection.execute(
        "select count(*), min(month_start), max(month_start) from marts.kpi_restatements where run_id = ?",
        [run_id],
    ).fetchall()
    figures, first, last = found[0]
    if not figures:
        return []
    noun = "figure" if figures == 1 else "figures"
    verb = "is" if figures == 1 else "are"
    months = f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} to {last:%Y-%m}"
    return [
        f"Restated: {figures:,} {noun} of closed months ({months}) {verb} no longer as first reported. "
        "See marts.kpi_restatements, and the accounts behind them in marts.account_month_restatements."
    ]
