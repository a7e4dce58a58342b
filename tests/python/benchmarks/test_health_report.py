"""The report of the health benchmark counts goals and bands over all companies."""

from __future__ import annotations

from benchmarks.health_backtest import Company, report


def company(seed: int, shipped: float, churned: int) -> Company:
    return Company(
        seed=seed,
        churned=churned,
        hazard=0.88,
        scored=1.0,
        shares={"shipped": shipped, "shipped, later dates": 0.9, "tuned": 0.93, "monthly": 0.8},
        monthly_hazard=0.73,
        alone={"shipped": 0.85, "tenure": 0.5},
        bands={"red": (100, churned, 30.0), "green": (900, 10, 10.0)},
    )


def test_goals_are_met_on_average() -> None:
    text = report([company(1, 0.86, 40), company(2, 0.90, 50)])
    assert "- shipped: 0.880 on average, goal 0.87 met" in text
    assert "- monthly: 0.800 on average, goal 0.85 not met" in text


def test_bands_are_counted_over_all_companies() -> None:
    text = report([company(1, 0.86, 40), company(2, 0.90, 50)])
    assert "| red | 10.0% | 45.0% | 81.8% | 75.0% |" in text
    assert "| green | 90.0% | 1.1% | 18.2% | 25.0% |" in text
