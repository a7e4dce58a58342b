"""The steps of docs/extend.md, done to the letter, put a new KPI on the scorecard."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import PROJECT_DIR

from ..support.commands import CommandRun

GUIDE = PROJECT_DIR / "docs" / "extend.md"
KPI = "contracted_customer_rate"
MART_FILES = ("kpi_contraction_months.sql", "kpi_contraction_months.yml")

# A step is a sentence and the block of code below it.
STEP = re.compile(
    r"^(?:Write `(?P<written>[^`]+)`"
    r"|Add this line at the end of `(?P<appended>[^`]+)`"
    r"|In `(?P<changed>[^`]+)`, add this line below `(?P<anchor>[^`]+)`"
    r"|(?P<run>Run)):\n\n```\w+\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Project:
    """A copy of the dbt project whose warehouse holds the worked example."""

    folder: Path

    def apply(self, step: re.Match[str]) -> str:
        """Do what a step says; what its commands print, or nothing.

        Raises:
            AssertionError: the step does not fit the project, or a command fails.
        """
        code = step["code"]
        if step["written"]:
            path = self.folder / step["written"]
            assert not path.exists(), f"{path.name} is there before the guide has it written"
            path.write_text(code, encoding="utf-8")
        elif step["appended"]:
            with (self.folder / step["appended"]).open("a", encoding="utf-8") as file:
                file.write(code)
        elif step["changed"]:
            path = self.folder / step["changed"]
            before, anchor, after = path.read_text(encoding="utf-8").partition(step["anchor"] + "\n")
            assert anchor, f"{step['changed']} has no line {step['anchor']}"
            path.write_text(before + anchor + code + after, encoding="utf-8")
        else:
            runs = [self.dbt(*shlex.split(command)[1:]) for command in code.splitlines()]
            for run in runs:
                assert run.returncode == 0, run.stdout
            return "".join(run.stdout for run in runs)
        return ""

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run dbt with no settings but the project's own."""
        others = ("CSKPI_", "DBT_")
        return subprocess.run(
            [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", *arguments],
            cwd=self.folder,
            env={name: value for name, value in os.environ.items() if not name.startswith(others)},
            capture_output=True,
            text=True,
            check=False,
        )

    def copy(self, folder: Path) -> Project:
        """The same project in a new folder."""
        shutil.copytree(self.folder, folder)
        return Project(folder)

    def edit(self, path: str, pattern: str, replacement: str) -> None:
        """Change the one place of a file that a pattern finds."""
        text = (self.folder / path).read_text(encoding="utf-8")
        changed, places = re.subn(pattern, replacement, text, flags=re.MULTILINE)
        assert places == 1
        (self.folder / path).write_text(changed, encoding="utf-8")

    def scorecard(self) -> list[tuple[str, str, float, float]]:
        """Month, segment, value and value of the month before of the new KPI."""
        database = self.folder / "warehouse" / "build" / "cs_kpi.duckdb"
        with duckdb.connect(database, read_only=True) as connection:
            return connection.execute(
                "select strftime(month_start, '%Y-%m'), segment_dimension, value, previous_value"
                " from marts.kpi_scorecard_months where kpi_id = ? order by all",
                [KPI],
            ).fetchall()


@pytest.fixture(scope="module")
def steps() -> list[re.Match[str]]:
    return list(STEP.finditer(GUIDE.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def project(example_run: CommandRun, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("extended")
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT_DIR / name, folder)
    for name in ("macros", "models", "seeds", "tests/generic", "tests/sql"):
        shutil.copytree(PROJECT_DIR / name, folder / name)
    shutil.copytree(example_run.warehouse_dir / "build", folder / "warehouse" / "build")
    return Project(folder)


@pytest.fixture(scope="module")
def walked(project: Project, steps: list[re.Match[str]]) -> str:
    """What the commands of the guide print, once all of its steps are done."""
    return "".join(project.apply(step) for step in steps)


def test_every_block_of_the_guide_is_a_step_or_an_example(steps: list[re.Match[str]]) -> None:
    blocks = re.findall(r"^```\w+$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    examples = 2
    assert len(steps) == len(blocks) - examples == 5


def test_the_new_kpi_is_on_the_scorecard(project: Project, walked: str) -> None:
    rows = project.scorecard()
    company = {month: (value, previous) for month, dimension, value, previous in rows if dimension == "all"}
    assert company["2024-06"] == (2 / 25, 0)
    assert {dimension for _, dimension, _, _ in rows} > {"all", "country", "plan", "csm"}


def test_the_guide_shows_the_last_months(walked: str) -> None:
    shown = [line for line in walked.splitlines() if re.match(r"\| *2024-0\d-01 ", line)]
    assert [line.split()[1] for line in shown] == ["2024-06-01", "2024-05-01", "2024-04-01"]


def test_dbt_says_what_is_missing_where_the_mart_is_not_there(
    project: Project, walked: str, tmp_path: Path
) -> None:
    without_mart = project.copy(tmp_path / "project")
    for name in MART_FILES:
        (without_mart.folder / "models" / "marts" / "kpis" / "customers" / name).unlink()
    shutil.copy(PROJECT_DIR / "macros" / "scorecard.sql", without_mart.folder / "macros")
    run = without_mart.dbt("build", "--select", "dim_kpis")
    (message,) = re.findall(r"^```text\n(.*?)\n```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert run.returncode == 1
    assert message in run.stdout


def test_dbt_says_what_else_is_wrong(project: Project, walked: str, tmp_path: Path) -> None:
    """A column that is not there, a parent that is not there or not higher, a rate and a mart left out."""
    wrong = project.copy(tmp_path / "project")
    wrong.edit("seeds/scorecard/kpi_definitions.csv", r",kpi_nps_months,nps,", ",kpi_nps_months,npz,")
    wrong.edit("seeds/scorecard/kpi_definitions.csv", r"^mrr_renewal_rate,.*\n", "")
    wrong.edit("seeds/scorecard/kpi_definitions.csv", r"(^nps_3m,.*?),sub_kpi,", r"\1,kpi,")
    wrong.edit("macros/scorecard.sql", r" *'kpi_csql_months': none,\n", "")
    run = wrong.dbt("build", "--select", "kpi_definitions", "dim_kpis")
    assert run.returncode == 1
    for message in (
        "nps reads the column npz, which is not in the YAML of kpi_nps_months",
        "decided_mrr_renewal_rate has the parent mrr_renewal_rate, which does not exist",
        "nps_3m has the parent nps, which is not of a higher level",
        "kpi_renewal_months.mrr_renewal_rate is in no KPI",
        "The KPIs of kpi_csql_months, such as csqls_accepted, are not on the scorecard",
    ):
        assert message in run.stdout
