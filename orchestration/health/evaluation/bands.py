"""What bands are worth: how many of their customers leave, and which part of all leavers they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orchestration.health.evaluation.metrics import Bools, Floats

Row = dict[str, Any]
# Edges between which a team may choose, in points of the score.
EDGES = tuple(range(20, 95, 5))


def band_worth(band: NDArray[Any], outcome: Bools, mrr: Floats, bands: Iterable[str]) -> list[Row]:
    """Of each of `bands` with rows, in their order: rows, leavers, and shares of leavers and lost MRR.

    `band`, `outcome` and `mrr` have one entry per account and date; `mrr` is that of the date. A share is
    None where nobody left.
    """
    return [
        {"health_band": name, **_worth(band == name, outcome, mrr)} for name in bands if (band == name).any()
    ]


def edge_worth(score: Floats, outcome: Bools, mrr: Floats, edges: Sequence[float] = EDGES) -> list[Row]:
    """The same for the customers whose score is below each edge; edges that divide nobody are left out."""
    return [
        {"below": float(edge), **_worth(score < edge, outcome, mrr)}
        for edge in edges
        if 0 < (score < edge).sum() < len(score)
    ]


def _worth(rows: Bools, outcome: Bools, mrr: Floats) -> Row:
    left = rows & outcome
    churned, lost = int(outcome.sum()), float(mrr[outcome].sum())
    return {
        "account_dates": int(rows.sum()),
        "share_of_customers": round(float(np.mean(rows)), 9),
        "churned": int(left.sum()),
        "churn_rate": round(float(left.sum() / rows.sum()), 9),
        "share_of_churned": round(float(left.sum() / churned), 9) if churned else None,
        "share_of_lost_mrr": round(float(mrr[left].sum() / lost), 9) if lost else None,
    }
