"""The last step of docs/bring-your-data.md: the exports with their mapping give a first figure."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.checking.proposal import draft, proposals
from orchestration.loading import read_contract
from orchestration.loading.mapping import RawMapping
from orchestration.settings import PROJECT_DIR, load_settings

from ..support.commands import run_command
from ..support.untidy_folder import EDITS, write_untidy

pytestmark = pytest.mark.long

GUIDE = (PROJECT_DIR / "docs" / "bring-your-data.md").read_text(encoding="utf-8")


def test_the_exports_run_to_the_figures_that_the_guide_shows(tmp_path: Path, history_dir: Path) -> None:
    exports = tmp_path / "exports"
    write_untidy(exports)
    proposed = draft(proposals(load_settings({"CSKPI_RAW_DIR": str(exports)}), read_contract(), RawMapping()))
    for line, edited in EDITS.items():
        proposed = proposed.replace(line, edited)
    (exports / "mapping.yml").write_text(proposed, encoding="utf-8")
    warehouse = tmp_path / "warehouse"
    ended = run_command("run", warehouse, history_dir, raw={"CSKPI_RAW_DIR": str(exports)})
    assert ended.exit_status == 0, ended.output + ended.errors
    shown = next(block for block in GUIDE.split("```\n") if block.startswith("By month"))
    assert shown in ended.output
    for read_on in ("reports/index.html", "make dev", "make docs"):
        assert read_on in ended.output.partition("Where it is")[2]
    with duckdb.connect(str(warehouse / "published" / "cs_kpi.duckdb"), read_only=True) as connection:
        # By hand: 10,000 a month from January and 240,000 a year from February; the third was canceled.
        assert connection.execute(
            "select strftime(month_start, '%Y-%m'), closing_mrr::varchar from marts.kpi_mrr_months "
            "where segment_dimension = 'all' order by month_start"
        ).fetchall() == [
            ("2024-01", "10000.0000"),
            ("2024-02", "30000.0000"),
            ("2024-03", "30000.0000"),
            ("2024-04", "30000.0000"),
            ("2024-05", "30000.0000"),
        ]
        assert connection.execute("select count(*) from marts.quarantined_rows").fetchall() == [(0,)]
