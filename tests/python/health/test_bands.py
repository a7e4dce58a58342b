"""What bands are worth, against a count one account date at a time."""

from __future__ import annotations

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from orchestration.health.evaluation.backtest import HORIZONS, LATEST_DATES
from orchestration.health.evaluation.bands import band_worth, edge_worth
from orchestration.settings import PROJECT_DIR

BANDS = ("green", "yellow", "red", "unknown")
account_dates = st.lists(
    st.tuples(st.sampled_from(BANDS), st.integers(0, 100), st.booleans(), st.integers(1, 500)),
    min_size=1,
    max_size=40,
)


def share(part: float, whole: float) -> object:
    return pytest.approx(part / whole, abs=1e-8) if whole else None


@given(account_dates)
def test_bands_and_edges_are_counted_right(rows: list[tuple[str, int, bool, int]]) -> None:
    band = np.array([name for name, *_ in rows])
    score = np.array([score for _, score, *_ in rows], dtype=float)
    outcome = np.array([left for *_, left, _ in rows])
    mrr = np.array([mrr for *_, mrr in rows], dtype=float)
    left, lost = sum(left for *_, left, _ in rows), sum(mrr for *_, left, mrr in rows if left)

    def worth(chosen: list[tuple[str, int, bool, int]]) -> dict[str, object]:
        gone = [row for row in chosen if row[2]]
        return {
            "account_dates": len(chosen),
            "share_of_customers": share(len(chosen), len(rows)),
            "churned": len(gone),
            "churn_rate": share(len(gone), len(chosen)),
            "share_of_churned": share(len(gone), left),
            "share_of_lost_mrr": share(sum(row[3] for row in gone), lost),
        }

    found = {name: [row for row in rows if row[0] == name] for name in BANDS}
    assert band_worth(band, outcome, mrr, BANDS) == [
        {"health_band": name, **worth(chosen)} for name, chosen in found.items() if chosen
    ]
    below = {edge: [row for row in rows if row[1] < edge] for edge in (25, 50, 75)}
    assert edge_worth(score, outcome, mrr, (25, 50, 75)) == [
        {"below": edge, **worth(chosen)} for edge, chosen in below.items() if 0 < len(chosen) < len(rows)
    ]


def test_bands_are_judged_over_the_horizons_of_the_backtest() -> None:
    settings = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    assert tuple(settings["backtest_horizons"]) == HORIZONS
    assert settings["backtest_latest_dates"] == LATEST_DATES
