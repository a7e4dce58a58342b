"""Seeds become rules, or a sentence that says which row to fix."""

from __future__ import annotations

from copy import deepcopy

import pytest

from orchestration.health.config import HealthConfigError, health_config

from ..support.health_builders import Row, shipped_seeds


def changed(seed: str, row: int, **values: object) -> dict[str, list[Row]]:
    seeds = deepcopy(shipped_seeds())
    seeds[seed][row] |= values
    return seeds


def test_the_shipped_seeds_can_be_scored_with() -> None:
    config = health_config(shipped_seeds())
    assert [band.health_band for band in config.bands] == ["green", "yellow", "red"]
    assert config.unknown_band == "unknown"


def test_the_shipped_stages_follow_each_other_without_a_gap() -> None:
    stages = health_config(shipped_seeds()).stages
    assert [stage.from_day for stage in stages] == [0, *(stage.to_day for stage in stages[:-1])]
    assert stages[-1].to_day is None


def test_the_version_changes_with_what_a_score_depends_on() -> None:
    version = health_config(shipped_seeds()).version
    assert health_config(changed("health_measures", 0, weight="21")).version != version
    assert health_config(changed("lifecycle_stages", 0, to_day="60")).version != version
    assert health_config(changed("health_settings", 0, setting_value="0.5")).version != version
    assert health_config(changed("health_bands", 0, min_score="75")).version != version


def test_the_version_ignores_labels_the_order_of_rows_and_how_a_number_is_written() -> None:
    version = health_config(shipped_seeds()).version
    weight = float(shipped_seeds()["health_measures"][0]["weight"])
    assert health_config(changed("health_measures", 0, label_en="Idle days")).version == version
    assert health_config(changed("health_measures", 0, weight=weight)).version == version
    turned = {seed: list(reversed(rows)) for seed, rows in shipped_seeds().items()}
    assert health_config(turned).version == version


@pytest.mark.parametrize(
    ("seed", "row", "values", "message"),
    [
        (
            "health_measures",
            0,
            {"weight": "heavy"},
            "days_since_last_use: weight is 'heavy'; expected a number",
        ),
        ("health_measures", 0, {"weight": "nan"}, "weight is 'nan'; expected a number"),
        ("health_measures", 0, {"weigth": "8"}, "the column weigth is not known; did you mean weight?"),
        ("health_measures", 0, {"stale_after_days": "1.5"}, "stale_after_days is 1.5; expected a whole"),
        ("health_measures", 0, {"label_ja": " "}, "days_since_last_use: label_ja is empty; fill it in."),
        ("health_axes", 0, {"axis_order": "2"}, "two axes have one axis_order"),
        ("health_axes", 0, {"axis": "Use of it"}, "names the column Use of it_score; expected small letters"),
        ("health_axes", 0, {"axis": "maturity"}, "maturity: stands there twice"),
        ("lifecycle_stages", 0, {"from_day": None}, "from_day is empty; expected a number"),
        (
            "health_settings",
            0,
            {"setting_id": "coverage"},
            "coverage: is no setting; expected one of",
        ),
        ("health_settings", 3, {"setting_value": "0"}, "backtest_accounts: 0 is not between 1 and"),
        ("health_measures", 0, {"weight": "0"}, "weight is 0; expected more than 0"),
        ("health_measures", 0, {"weight": None}, "weight is empty"),
        ("health_measures", 0, {"axis": "love"}, "axis is 'love'; expected one of adoption"),
        ("health_measures", 0, {"direction": "up"}, "direction is 'up'; expected higher or lower"),
        ("health_measures", 0, {"floor": "30"}, "floor 30 is not below ceiling 28"),
        ("health_measures", 0, {"measured_on_column": None}, "stale_after_days needs a measured_on_column"),
        (
            "health_measures",
            0,
            {"applies_to_stages": "any|old"},
            "stage 'old' is not in seeds/health/lifecycle_stages",
        ),
        (
            "health_measures",
            1,
            {"measure_id": "days_since_last_use"},
            "days_since_last_use: stands there twice",
        ),
        ("health_bands", 0, {"min_score": None}, "expected one band without a min_score"),
        ("health_bands", 2, {"min_score": "5"}, "expected a min_score from 0"),
        ("health_settings", 0, {"setting_value": "30"}, "min_coverage: 30 is not between 0 and 1"),
        ("health_settings", 0, {"setting_id": "coverage"}, "min_coverage is missing"),
    ],
)
def test_a_seed_that_cannot_be_used_says_which_row_to_fix(
    seed: str, row: int, values: Row, message: str
) -> None:
    with pytest.raises(HealthConfigError) as stopped:
        health_config(changed(seed, row, **values))
    assert message in str(stopped.value)
    assert f"seeds/health/{seed}.csv" in str(stopped.value)


def test_a_column_that_is_missing_is_said_once() -> None:
    seeds = shipped_seeds()
    for row in seeds["health_bands"]:
        del row["label_en"]
    with pytest.raises(HealthConfigError) as stopped:
        health_config(seeds)
    assert str(stopped.value) == "seeds/health/health_bands.csv: the column label_en is missing; add it."


def test_all_problems_are_reported_together() -> None:
    seeds = changed("health_measures", 0, weight="heavy")
    seeds["health_bands"][0]["min_score"] = "high"
    with pytest.raises(HealthConfigError) as stopped:
        health_config(seeds)
    assert len(str(stopped.value).splitlines()) == 2
