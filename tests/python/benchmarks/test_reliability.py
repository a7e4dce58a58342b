"""The report on reliability says what was counted, and keeps the figures of parts that are not tried."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from benchmarks.reliability import Counts, report

COUNTS = Counts(
    folders=1_500,
    refused=600,
    mutations=Counter({"bytes": 200}),
    rows=Counter({"accepted": 3, "quarantined": 1}),
    histories=30,
    restated=40,
    run_kills=["os.rename published", "open target/manifest.json"],
)


def test_the_report_says_what_was_tried_and_what_was_found() -> None:
    lines = report(COUNTS, first_seed=7).splitlines()
    assert "| mutated raw folders | 1,500 | 600 refused with a sentence, the others loaded |" in lines
    assert any(line.startswith("| kills of whole runs | 2 |") for line in lines)
    assert any(line.startswith("| random histories of published figures | 30 | 40 figures") for line in lines)
    assert "The kills of whole runs came before changes of `published` 1, `target` 1." in lines
    assert "## What was found" in lines


def test_counts_are_kept_between_parts(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "reliability.json"
    assert Counts.read(path) == Counts()
    COUNTS.write(path)
    assert Counts.read(path) == COUNTS
