"""Same seed, same bytes; another seed, another company."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.settings import PROJECT_DIR
from simulator import SIZES, SimulatorConfig, SimulatorError, simulate
from simulator.__main__ import app, chosen_config

from ..support.simulated import CONTRACT

TINY = SimulatorConfig(accounts=60, months=6, events=3_000, seed=3)


def digests(folder: Path) -> dict[str, str]:
    """The content of every file below `folder`."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_same_seed_gives_the_same_bytes_in_another_process(tmp_path: Path, file_format: str) -> None:
    simulate(replace(TINY, file_format=file_format), CONTRACT, tmp_path / "one")
    options = ["--accounts", "60", "--months", "6", "--events", "3000", "--seed", "3"]
    command = [sys.executable, "-m", "simulator", "--out", str(tmp_path / "two"), *options]
    command += ["--format", file_format]
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo"}
    subprocess.run(command, check=True, cwd=PROJECT_DIR, env=environment, capture_output=True)
    first, second = digests(tmp_path / "one"), digests(tmp_path / "two")
    assert first.keys() == second.keys()
    assert first == second


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    one = digests(simulate(TINY, CONTRACT, tmp_path / "one").raw_dir)
    other = digests(simulate(replace(TINY, seed=4), CONTRACT, tmp_path / "other").raw_dir)
    same = {name for name in one if one[name] == other.get(name)}
    assert same <= {"plans.parquet", "kpi_targets.parquet", "campaigns.parquet"}


def test_the_number_of_events_does_not_change_the_company(tmp_path: Path) -> None:
    few = simulate(TINY, CONTRACT, tmp_path / "few")
    many = simulate(replace(TINY, events=30_000), CONTRACT, tmp_path / "many")
    assert many.rows["product_events"] > 3 * few.rows["product_events"]
    for name in ("mrr_movements", "account_months", "account_hazards", "voice_months"):
        one, two = (
            duckdb.read_parquet(str(done.truth_dir / f"{name}.parquet")).fetchall() for done in (few, many)
        )
        assert one == two


def test_an_earlier_simulation_is_replaced_and_anything_else_is_left_alone(tmp_path: Path) -> None:
    simulate(TINY, CONTRACT, tmp_path / "out")
    simulate(replace(TINY, accounts=70), CONTRACT, tmp_path / "out")
    assert duckdb.read_parquet(str(tmp_path / "out/raw/team_members.parquet")).fetchall()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(SimulatorError, match="not empty"):
        simulate(TINY, CONTRACT, tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"accounts": 20}, "accounts is 20; expected a whole number from 50 to 300,000"),
        ({"end_date": dt.date(2025, 12, 30)}, "expected the last day of a month"),
        ({"months": 2}, "months is 2"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_what_was_expected(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(SimulatorError, match=message):
        chosen_config(**given)


def test_the_command_line_says_which_option_cannot_be_used(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["--out", str(tmp_path / "out"), "--months", "2"])
    assert ended.exit_code == 2
    assert ended.stderr.startswith("months is 2; expected a whole number from 3 to 120")
    assert not (tmp_path / "out").exists()


def test_a_company_of_another_size_keeps_the_events_per_account() -> None:
    config = chosen_config(accounts=1_000, months=18, tidy=True, file_format="csv")
    assert (config.events, config.untidy, config.file_format) == (625_000, False, "csv")
    assert chosen_config("L") == SIZES["L"]
