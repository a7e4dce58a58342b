"""On simulated companies the intervals of campaign effects hold the true effects.

Few companies here; `python -m benchmarks.campaign_coverage` counts many.
"""

from __future__ import annotations

import pytest

from ..support.campaign_companies import EFFECTS, estimates_of
from ..support.warehouse import Warehouse

pytestmark = pytest.mark.long

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return Warehouse(marts=(EFFECTS,))


def test_the_intervals_hold_the_true_effects(warehouse: Warehouse) -> None:
    estimates = [
        estimate for seed in SEEDS for estimate in estimates_of(warehouse, seed, accounts=500, months=30)
    ]
    drawn = [estimate for estimate in estimates if estimate.is_randomised and estimate.treated_accounts >= 10]
    assert len(drawn) >= 6 * len(SEEDS)
    assert all(estimate.control_accounts for estimate in drawn)
    assert sum(estimate.is_covered for estimate in drawn) >= 0.9 * len(drawn)
