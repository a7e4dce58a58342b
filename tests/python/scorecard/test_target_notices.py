"""The summary of a run says which targets past months speak against."""

from __future__ import annotations

import duckdb

from orchestration.release.target_notices import target_notices

OFF_SCALE, FAR = "Ten times past figures: is the unit right?", "Far from the best past month"


def notices(*checks: tuple[str, str, str, str, str, str]) -> list[str]:
    """What is said of targets: KPI, dimension, segment, month, finding and its label."""
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.kpi_target_checks (kpi_id varchar, segment_dimension varchar,"
            " segment_value varchar, effective_month date, target_finding varchar,"
            " target_finding_label_en varchar)"
        )
        for check in checks:
            connection.execute("insert into marts.kpi_target_checks values (?, ?, ?, ?, ?, ?)", check)
        return target_notices(connection)


def test_targets_off_scale_or_out_of_reach_are_named() -> None:
    assert notices(
        ("grr_rate", "all", "all", "2024-01-01", "off_scale", OFF_SCALE),
        ("nps", "plan", "pro", "2024-01-01", "out_of_reach", FAR),
        ("nrr_rate", "all", "all", "2024-01-01", "out_of_reach", FAR),
    ) == [
        f"Check 2 targets, such as nps of plan pro, nrr_rate: {FAR}.",
        f"Check 1 target, such as grr_rate: {OFF_SCALE}",
        "See marts.kpi_target_checks.",
    ]


def test_a_target_that_was_replaced_is_not_named() -> None:
    assert (
        notices(
            ("nps", "all", "all", "2024-01-01", "off_scale", OFF_SCALE),
            ("nps", "all", "all", "2025-01-01", "plausible", "In line with past months"),
            ("arr", "all", "all", "2025-01-01", "already_reached", "Every past month has reached it"),
        )
        == []
    )
