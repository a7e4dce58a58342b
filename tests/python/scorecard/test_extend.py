"""The recipes of docs/extend.md, followed to the letter."""

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

from orchestration.health import store
from orchestration.loading import ContractError, land, open_build, read_contract
from orchestration.settings import PROJECT_DIR, load_settings

from ..support.commands import WORKED_EXAMPLE, CommandRun

pytestmark = pytest.mark.long

GUIDE = PROJECT_DIR / "docs" / "extend.md"
KPI = "contracted_customer_rate"
MART_FILES = ("kpi_contraction_months.sql", "kpi_contraction_months.yml")

# A step is a sentence and the block of code below it.
STEP = re.compile(
    r"^(?:Write `(?P<written>[^`]+)`"
    r"|Add this line at the end of `(?P<appended>[^`]+)`"
    r"|In `(?P<changed>[^`]+)`, add (?:this line|these lines) below `(?P<anchor>[^`]+)`"
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
            runs = [self.run(command) for command in code.splitlines()]
            for run in runs:
                assert run.returncode == 0, run.stdout + run.stderr
            return "".join(run.stdout for run in runs)
        return ""

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the guide: make, as the Makefile does, or dbt."""
        program, *arguments = shlex.split(command)
        if program == "make":
            return self.python("-m", "orchestration", *arguments)
        return self.dbt(*arguments)

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run dbt on this project."""
        return self.python("-m", "dbt.cli.main", "--no-use-colors", *arguments)

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the project's folder, with no settings but the project's own."""
        others = ("CSKPI_", "DBT_")
        return subprocess.run(
            [sys.executable, *arguments],
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
def recipes() -> dict[str, list[re.Match[str]]]:
    """The steps of each recipe, by its heading."""
    _, *parts = re.split(r"^# (.+)$", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {
        heading: list(STEP.finditer(text)) for heading, text in zip(parts[::2], parts[1::2], strict=True)
    }
    return {heading: steps for heading, steps in found.items() if steps}


@pytest.fixture(scope="module")
def project(example_run: CommandRun, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("extended")
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT_DIR / name, folder)
    for name in ("macros", "models", "orchestration", "seeds", "tests/generic", "tests/sql"):
        shutil.copytree(PROJECT_DIR / name, folder / name)
    (folder / "docs").mkdir()
    shutil.copytree(example_run.warehouse_dir / "build", folder / "warehouse" / "build")
    return Project(folder)


@pytest.fixture(scope="module")
def walked(project: Project, recipes: dict[str, list[re.Match[str]]]) -> str:
    """What the commands of the first recipe print, once all of its steps are done."""
    return "".join(project.apply(step) for step in recipes["Add a KPI"])


def test_every_block_of_the_guide_is_a_step_or_an_example(recipes: dict[str, list[re.Match[str]]]) -> None:
    blocks = re.findall(r"^```\w+$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    examples = 2
    assert sum(len(steps) for steps in recipes.values()) == len(blocks) - examples
    assert {heading: len(steps) for heading, steps in recipes.items()} == {
        "Add a KPI": 6,
        "Add an input column": 1,
        "Add a segment": 2,
        "Add a health measure": 6,
    }


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
    shutil.copy(PROJECT_DIR / "macros/scorecard/scorecard.sql", without_mart.folder / "macros/scorecard")
    run = without_mart.dbt("build", "--select", "dim_kpis")
    (message,) = re.findall(r"^```text\n(.*?)\n```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert run.returncode == 1
    assert message in run.stdout


def test_dbt_says_what_else_is_wrong(project: Project, walked: str, tmp_path: Path) -> None:
    """A column that is not there, a parent that is not there or not higher, a rate and a mart left out."""
    wrong = project.copy(tmp_path / "project")
    wrong.edit("seeds/scorecard/kpi_definitions.csv", r",kpi_nps_months,nps,", ",kpi_nps_months,npz,")
    for seed in ("kpi_definitions", "kpi_components"):
        wrong.edit(f"seeds/scorecard/{seed}.csv", r"^win_rate,.*\n", "")
    wrong.edit("seeds/scorecard/kpi_definitions.csv", r"(^nps_3m,.*?),sub_kpi,", r"\1,kpi,")
    wrong.edit("macros/scorecard/scorecard.sql", r" *'kpi_csql_months': none,\n", "")
    wrong.edit("seeds/scorecard/kpi_components.csv", r"^csat_rate,satisfied,", "csat_rate,satisfiedd,")
    wrong.edit("seeds/scorecard/kpi_components.csv", r"^grr_rate,.*\n", "")
    run = wrong.dbt("build", "--select", "kpi_definitions", "kpi_components", "dim_kpis")
    assert run.returncode == 1
    for message in (
        "nps reads the column npz, which is not in the YAML of kpi_nps_months",
        "csqls_won has the parent win_rate, which does not exist",
        "nps_3m has the parent nps, which is not of a higher level",
        "kpi_csql_months.win_rate is in no KPI",
        "The KPIs of kpi_csql_months, such as csqls_accepted, are not on the scorecard",
        "csat_rate has the numerator satisfiedd, which is no number in the YAML of kpi_csat_months",
        "grr_rate has no row: add one with its numerator, or with the reason why it has none",
    ):
        assert message in run.stdout


def test_dbt_says_which_kpis_serve_each_other_in_a_circle(
    project: Project, walked: str, tmp_path: Path
) -> None:
    circle = project.copy(tmp_path / "project")
    link = "first_login_rate,customer_churn_rate"
    circle.edit("seeds/scorecard/kpi_links.csv", link, f"{link}\ncustomer_churn_rate,first_login_rate")
    run = circle.dbt("build", "--select", "kpi_links", "dim_kpi_links")
    assert run.returncode == 1
    for kpi_id in ("customer_churn_rate", "first_login_rate"):
        assert f"{kpi_id} serves KPIs that serve it: remove one of the links" in run.stdout


@pytest.fixture(scope="module")
def segmented(
    project: Project, recipes: dict[str, list[re.Match[str]]], tmp_path_factory: pytest.TempPathFactory
) -> Project:
    """The project after the recipes of the input column and the segment, on accounts that name a partner."""
    copied = project.copy(tmp_path_factory.mktemp("segmented") / "project")
    raw = tmp_path_factory.mktemp("raw") / "raw"
    shutil.copytree(WORKED_EXAMPLE["CSKPI_RAW_DIR"], raw)
    header, *accounts = (raw / "accounts.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{account},{'north' if number % 2 else ''}" for number, account in enumerate(accounts)]
    (raw / "accounts.csv").write_text("\n".join([f"{header},partner", *rows]) + "\n", encoding="utf-8")
    for step in recipes["Add an input column"]:
        copied.apply(step)
    land_again(copied, raw)
    for step in recipes["Add a segment"]:
        copied.apply(step)
    return copied


def land_again(project: Project, raw: Path) -> None:
    """Load a raw folder by the contract of the project."""
    settings = load_settings(
        {
            **WORKED_EXAMPLE,
            "CSKPI_RAW_DIR": str(raw),
            "CSKPI_WAREHOUSE_DIR": str(project.folder / "warehouse"),
        }
    )
    contract = read_contract(project.folder / "models/staging/_sources.yml")
    with open_build(settings.build_path) as connection:
        land(settings, connection, "again", contract)


def test_a_new_segment_splits_a_mart_of_kpis(segmented: Project) -> None:
    database = segmented.folder / "warehouse" / "build" / "cs_kpi.duckdb"
    with duckdb.connect(database, read_only=True) as connection:
        values = connection.sql(
            "select distinct segment_value from marts.kpi_mrr_months where segment_dimension = 'partner'"
        ).fetchall()
        (known,) = connection.sql("select count(partner) from intermediate.int_customers").fetchall()
    assert sorted(values) == [("north",), ("unknown",)]
    assert known == (18,)


def test_a_key_that_the_contract_does_not_know_is_named(segmented: Project, tmp_path: Path) -> None:
    wrong = segmented.copy(tmp_path / "project")
    wrong.edit(
        "models/staging/_sources.yml",
        r"\{default: 0, minimum: 0, maximum: 1\}",
        "{default: 0, minimun: 0, maximum: 1}",
    )
    with pytest.raises(ContractError, match="minimun is not known; did you mean minimum"):
        read_contract(wrong.folder / "models/staging/_sources.yml")


def test_a_new_health_measure_is_part_of_the_score(
    project: Project, recipes: dict[str, list[re.Match[str]]], tmp_path: Path
) -> None:
    copied = project.copy(tmp_path / "project")
    for step in recipes["Add a health measure"]:
        copied.apply(step)
    with open_build(copied.folder / "warehouse" / "build" / "cs_kpi.duckdb") as connection:
        store.score(connection, tmp_path / "no_history.parquet")
        (used,) = connection.sql(
            "select count(*) from health.account_contributions where measure_id = 'expansion_90d' and is_used"
        ).fetchall()
    assert used[0] > 0
