"""Stripe's objects beside files of the contract: how they land, and that they give the same figures."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.loading import LoadError, inspect, land, open_build
from orchestration.settings import PROJECT_DIR, load_settings

from ..support.commands import WORKED_EXAMPLE, CommandRun, new_history, run_command
from ..support.stripe_objects import write_stripe_objects

EXAMPLE = PROJECT_DIR / "examples" / "worked_example"
AS_OF = dt.datetime(2024, 6, 30, tzinfo=dt.UTC)


@pytest.fixture
def raw_dir(tmp_path: Path) -> Path:
    """The worked example as Stripe would have landed it, with exchange rates and accounts beside it."""
    return _raw_dir(tmp_path / "raw")


def _raw_dir(folder: Path) -> Path:
    folder.mkdir()
    for name in ("accounts.csv", "fx_rates.csv"):
        shutil.copy(EXAMPLE / name, folder)
    write_stripe_objects(EXAMPLE, folder, before=AS_OF + dt.timedelta(days=1))
    return folder


def _load(raw_dir: Path, **settings: str) -> tuple[list[tuple[str, int]], tuple[str, ...]]:
    """The objects that land, by name, and what is not read."""
    loaded = load_settings(
        {"CSKPI_RAW_DIR": str(raw_dir), "CSKPI_WAREHOUSE_DIR": str(raw_dir.parent / "warehouse"), **settings}
    )
    with open_build(loaded.build_path) as connection:
        result = land(loaded, connection, "run", inspection=inspect(loaded))
        rows = connection.execute(
            "select object_name, count(*) from raw.system_objects group by all order by all"
        ).fetchall()
    return rows, result.ignored


def test_objects_land_beside_files_of_the_contract(raw_dir: Path) -> None:
    (raw_dir / "stripe" / "charges.jsonl").write_text("{}\n")
    rows, ignored = _load(raw_dir)
    assert rows == [("customers", 36), ("events", 78), ("plans", 4), ("products", 2)]
    assert ignored == ("stripe/charges.jsonl",)


def test_parquet_and_folders_of_packed_files_hold_the_same_objects(raw_dir: Path) -> None:
    folder = raw_dir / "stripe"
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (from read_json('{folder}/products.jsonl')) "
            f"to '{folder}/products.parquet' (format parquet)"
        )
        (folder / "customers").mkdir()
        connection.execute(
            f"copy (select json from read_ndjson_objects('{folder}/customers.jsonl')) "
            f"to '{folder}/customers/1.csv' (header false, quote '', delimiter '\t')"
        )
    (folder / "customers" / "1.csv").rename(folder / "customers" / "1.jsonl")
    (folder / "customers.jsonl").unlink()
    (folder / "products.jsonl").unlink()
    rows, _ = _load(raw_dir)
    assert rows == [("customers", 36), ("events", 78), ("plans", 4), ("products", 2)]


def test_a_line_that_is_no_object_is_named(raw_dir: Path) -> None:
    with (raw_dir / "stripe" / "events.jsonl").open("a") as file:
        file.write("[1]\n")
    with pytest.raises(LoadError, match=r"stripe/events\.jsonl, line 79"):
        _load(raw_dir)


def test_a_folder_without_objects_stops_the_load(raw_dir: Path) -> None:
    shutil.rmtree(raw_dir / "stripe")
    (raw_dir / "stripe").mkdir()
    (raw_dir / "stripe" / "subscription_history.csv").write_text("id\n1\n")
    with pytest.raises(LoadError, match="none of the objects"):
        _load(raw_dir)


def test_ids_in_objects_are_not_landed_where_they_must_be_hidden(raw_dir: Path) -> None:
    with pytest.raises(LoadError, match="cannot be hashed or erased"):
        _load(raw_dir, CSKPI_HASH_PII="true", CSKPI_HASH_SALT="a salt of sixteen letters and more")


@pytest.fixture(scope="module")
def stripe_run(tmp_path_factory: pytest.TempPathFactory) -> CommandRun:
    folder = tmp_path_factory.mktemp("stripe")
    raw = {**WORKED_EXAMPLE, "CSKPI_RAW_DIR": str(_raw_dir(folder / "raw"))}
    (folder / "dagster").mkdir()
    return run_command("run", folder / "warehouse", new_history(folder / "dagster"), raw)


@pytest.mark.long
@pytest.mark.parametrize(
    "mart",
    [
        "kpi_mrr_months",
        "kpi_revenue_retention_months",
        "kpi_customer_retention_months",
        "kpi_expansion_months",
        "kpi_product_mrr_months",
        "fct_account_months",
    ],
)
def test_stripe_gives_the_figures_of_the_contract(
    stripe_run: CommandRun, example_run: CommandRun, mart: str
) -> None:
    assert stripe_run.exit_status == 0, stripe_run.output + stripe_run.errors
    with duckdb.connect() as connection:
        for name, run in (("ours", stripe_run), ("theirs", example_run)):
            connection.execute(f"attach '{run.warehouse_dir}/published/cs_kpi.duckdb' as {name} (read_only)")
        for one, other in (("ours", "theirs"), ("theirs", "ours")):
            differing = connection.execute(
                f"from {one}.marts.{mart} except all from {other}.marts.{mart}"
            ).fetchall()
            assert differing == []


@pytest.mark.long
def test_every_row_of_stripe_is_accounted_for(stripe_run: CommandRun) -> None:
    lines = (stripe_run.warehouse_dir.parent / "raw" / "stripe" / "events.jsonl").read_text().splitlines()
    events = {event["id"]: event for event in map(json.loads, lines)}
    # An item has a row for each state of its subscription, and none for its end.
    items = sum(
        len(event["data"]["object"]["items"]["data"])
        for event in events.values()
        if event["type"] != "customer.subscription.deleted"
    )
    published = stripe_run.warehouse_dir / "published" / "cs_kpi.duckdb"
    with duckdb.connect(str(published), read_only=True) as connection:
        rows = connection.execute(
            "select table_name, rows_read, "
            "rows_accepted + rows_repeated + rows_superseded + rows_quarantined "
            "from marts.load_report "
            "where table_name in ('accounts', 'plans', 'subscription_items') order by all"
        ).fetchall()
    assert [(name, read) for name, read, _ in rows] == [
        ("accounts", 72),
        ("plans", 4),
        ("subscription_items", items),
    ]
    assert all(read == judged for _, read, judged in rows)
