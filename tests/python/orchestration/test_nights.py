"""A night that adds to the release before publishes what a full build of the same files publishes."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt.runner import Dbt
from orchestration.release.history import HISTORY_MARTS
from orchestration.release.inputs import InputFile, Inputs
from orchestration.release.releases import Origin, Release
from orchestration.release.up_to_date import reason_for_full_build, unchanged_files
from orchestration.settings import PROJECT_DIR
from simulator import SimulatorConfig, simulate

from ..support.commands import CommandRun, run_command
from ..support.release_comparison import compare_releases, keys_of
from ..support.simulated import CONTRACT

COMPANY = SimulatorConfig(accounts=60, months=8, events=6_000, seed=4)
# What was published on earlier nights differs, because the full build has no earlier night.
OF_EARLIER_NIGHTS = {*HISTORY_MARTS, "kpi_restatements"}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory, history_dir: Path) -> tuple[CommandRun, CommandRun]:
    """Two nights of one warehouse: the first without the last file of events, the second with all files.

    On the second night an account has cancelled in a month that was closed on the first.
    """
    folder = tmp_path_factory.mktemp("nights")
    raw = simulate(COMPANY, CONTRACT, folder / "company").raw_dir
    last = max((raw / "product_events").iterdir())
    shutil.move(last, folder / last.name)
    settings = {"CSKPI_RAW_DIR": str(raw), "CSKPI_AS_OF_DATE": "2025-12-20"}
    first = run_command("run", folder / "warehouse", history_dir, settings)
    shutil.move(folder / last.name, last)
    cancel_back_in_november(raw / "subscription_items.parquet")
    settings["CSKPI_AS_OF_DATE"] = "2025-12-31"
    second = run_command("run", folder / "warehouse", history_dir, settings)
    return first, second


def cancel_back_in_november(items: Path) -> None:
    """End the first item that is its account's only one and ran on through November 2025."""
    rows = f"read_parquet('{items}')"
    duckdb.sql(
        f"""
        with only_items as (
            from {rows}
            qualify count(*) over (partition by account_id) = 1
        ),
        chosen as (
            from only_items
            where status = 'active' and valid_to is null and valid_from < '2025-11-01'
            order by account_id limit 1
        )
        from {rows}
        union all by name
        select * replace ('canceled' as status, timestamp '2025-11-10' as valid_from) from chosen
        """
    ).write_parquet(f"{items}.new")
    Path(f"{items}.new").replace(items)


def published_rows(release: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(release / "cs_kpi.duckdb"), read_only=True) as connection:
        return connection.sql(query).fetchall()


@pytest.mark.long
def test_a_cancellation_dated_back_is_a_restatement_with_before_after_and_accounts(
    nights: tuple[CommandRun, CommandRun],
) -> None:
    first, second = sorted((nights[1].warehouse_dir / "releases").iterdir())
    closing_mrr = (
        "select {}::double from marts.kpi_mrr_months "
        "where month_start = '2025-11-01' and segment_dimension = 'all'"
    )
    ((before,),), ((after,),) = (
        published_rows(release, closing_mrr.format("closing_mrr")) for release in (first, second)
    )
    november = "where month_start = '2025-11-01'"
    of_company = f"{november} and kpi_id = 'closing_mrr' and segment_dimension = 'all'"
    ((churned, previous, left, had),) = published_rows(
        second,
        "select movement_type, previous_movement_type, closing_mrr, previous_closing_mrr "
        f"from marts.account_month_restatements {november} and closing_mrr != previous_closing_mrr",
    )
    assert (churned, previous, left) == ("churn", None, 0)
    assert float(str(had)) == pytest.approx(float(str(before)) - float(str(after)))
    accounts = "select count(distinct account_id) from marts.account_month_restatements"
    ((changed,),) = published_rows(second, f"{accounts} {november}")
    assert published_rows(
        second,
        "select first_reported_value, latest_value, accounts_changed, first_reported_as_of_date::text, "
        f"restated_as_of_date::text, closes_on::text from marts.kpi_restatements {of_company}",
    ) == [(before, after, changed, "2025-12-20", "2025-12-31", "2025-12-05")]
    assert published_rows(
        second, f"select value, first_reported_value from marts.kpi_scorecard_months {of_company}"
    ) == [(after, before)]
    assert published_rows(first, "select * from marts.kpi_restatements") == []
    assert "Restated" not in nights[0].output
    ((begin, end),) = published_rows(
        second, "select min(month_start)::text, max(month_start)::text from marts.kpi_restatements"
    )
    # The terminal breaks the sentence into lines.
    told = " ".join(nights[1].output.split())
    assert f"figures of closed months ({str(begin)[:7]} to {str(end)[:7]})" in told


@pytest.mark.long
def test_only_values_that_changed_are_kept_again(nights: tuple[CommandRun, CommandRun]) -> None:
    first, second = sorted((nights[1].warehouse_dir / "releases").iterdir())
    versions = published_rows(first, "from marts.kpi_value_versions")
    assert set(versions) <= set(published_rows(second, "from marts.kpi_value_versions"))
    added = published_rows(
        second,
        "select min(month_start)::text, count(*) from marts.kpi_value_versions "
        "where as_of_date = '2025-12-31' and kpi_id = 'closing_mrr' and segment_dimension = 'all'",
    )
    assert added == [("2025-11-01", 2)]
    assert ("closing_mrr", "plan") in {row[:2] for row in versions}
    assert not published_rows(
        second,
        "from marts.kpi_value_versions where month_start = '2025-12-01' and segment_dimension != 'all'",
    )


@pytest.mark.long
def test_only_the_first_night_builds_everything(nights: tuple[CommandRun, CommandRun]) -> None:
    first, second = nights
    assert first.exit_status == 0, first.output + first.errors
    assert second.exit_status == 0, second.output + second.errors
    assert "building everything anew: nothing was published yet" in first.output
    assert "anew" not in second.output


@pytest.mark.long
def test_the_second_night_publishes_what_a_full_build_publishes(
    nights: tuple[CommandRun, CommandRun], tmp_path: Path, history_dir: Path
) -> None:
    night = nights[1].warehouse_dir
    settings = {
        "CSKPI_RAW_DIR": str(night.parent / "company" / "raw"),
        "CSKPI_AS_OF_DATE": "2025-12-31",
    }
    anew = run_command("run", tmp_path / "warehouse", history_dir, settings)
    assert anew.exit_status == 0, anew.output + anew.errors
    releases = [tmp_path / name for name in ("night", "anew")]
    for release, warehouse in zip(releases, (night, anew.warehouse_dir), strict=True):
        shutil.copytree(warehouse / "published" / "marts", release / "marts")
        for mart in OF_EARLIER_NIGHTS:
            (release / "marts" / f"{mart}.parquet").unlink()
        drop_first_reported(release / "marts" / "kpi_scorecard_months.parquet")
    found = compare_releases(*releases, keys_of(Dbt(PROJECT_DIR, night).manifest()))
    assert found.differences == 0, "\n".join(found.lines)
    assert found.marts > 80


def drop_first_reported(scorecard: Path) -> None:
    """Leave out what an earlier night may have reported."""
    rows = duckdb.sql(f"select * exclude (first_reported_value) from read_parquet('{scorecard}')")
    rows.write_parquet(f"{scorecard}.new")
    Path(f"{scorecard}.new").replace(scorecard)


RELEASE = Release(
    "r1",
    "run-1",
    dt.date(2025, 1, 1),
    Origin("raw", "USD", "UTC", "account"),
    inputs=Inputs({"a.csv": InputFile(1, 1, "x")}, "project", {"as_of_date": "", "csv_encoding": "utf-8"}),
)


@pytest.mark.parametrize(
    ("changes", "built_by", "is_asked", "reason"),
    [
        ({}, "run-1", False, None),
        ({"settings": {"as_of_date": "2025-01-02", "csv_encoding": "utf-8"}}, "run-1", False, None),
        ({"project": "another"}, "run-1", False, "the project has changed"),
        ({"files": {"mapping.yml": InputFile(1, 1, "m")}}, "run-1", False, "mapping.yml has changed"),
        ({"settings": {"as_of_date": "", "csv_encoding": "cp932"}}, "run-1", False, "a setting has changed"),
        ({}, "run-2", False, "the build database is not as the published release left it"),
        ({}, None, False, "the build database is not as the published release left it"),
        ({}, "run-1", True, "it was asked for"),
    ],
)
def test_an_increment_grows_from_the_same_project_settings_and_run(
    changes: dict[str, object], built_by: str | None, is_asked: bool, reason: str | None
) -> None:
    now = replace(RELEASE.inputs, **changes)
    found = reason_for_full_build(RELEASE, now, built_by, is_asked=is_asked)
    assert found == reason or (reason and found and found.startswith(reason))


def test_without_a_release_everything_is_built() -> None:
    assert reason_for_full_build(None, Inputs(), None, is_asked=False) == "nothing was published yet"


def test_files_are_compared_by_their_content() -> None:
    touched = {"a.csv": InputFile(1, 2, "x"), "b.csv": InputFile(1, 1, "x")}
    assert unchanged_files(RELEASE.inputs, Inputs(touched)) == {"a.csv"}
    assert unchanged_files(RELEASE.inputs, Inputs({"a.csv": InputFile(1, 1, "y")})) == set()
