"""Does the comparison of two engines' releases notice what differs?"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ..support.release_comparison import Comparison, compare_releases, keys_of

KEYS = {"rates": ["month_start", "segment"]}
MART = """
    select
        date '2024-01-31' as month_start, 'all' as segment, cast(1.5 as decimal(18, 4)) as mrr,
        cast(2 as bigint) as customers, 0.25::double as rate, timestamp '2024-01-31 10:00:00' as seen_at,
        true as is_open, 'run' as run_id
    union all
    select '2024-02-29', null, null, 0, null, null, false, 'run'
"""


def release(folder: Path, mart: str = MART, name: str = "rates", as_folder: bool = False) -> Path:
    """A release of one mart: a file as DuckDB writes it, or a folder as Spark does."""
    path = folder / "marts" / f"{name}.parquet"
    path.parent.mkdir(parents=True)
    if as_folder:
        path.mkdir()
        path = path / "part-0.parquet"
    duckdb.sql(mart).write_parquet(str(path))
    return folder


def compare(tmp_path: Path, theirs: str, name: str = "rates") -> Comparison:
    return compare_releases(
        release(tmp_path / "ours"), release(tmp_path / "theirs", theirs, name, as_folder=True), KEYS
    )


def test_equal_releases_are_counted(tmp_path: Path) -> None:
    found = compare(tmp_path, f"from ({MART}) order by month_start desc")
    assert (found.marts, found.rows, found.cells) == (1, 2, 14)
    assert found.differences == 0
    assert found.lines == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("1.5001::decimal(18, 4) as mrr", "mrr: Decimal('1.5000') and Decimal('1.5001')"),
        ("null::decimal(18, 4) as mrr", "mrr: Decimal('1.5000') and None"),
        ("3::bigint as customers", "customers: 2 and 3"),
        ("0.25 + 3e-9 as rate", "rate: 0.25 and 0.250000003"),
        ("'nan'::double as rate", "rate: 0.25 and nan"),
        ("null::double as rate", "rate: 0.25 and None"),
        (
            "timestamp '2024-01-31 10:00:00.000001' as seen_at",
            "seen_at: datetime.datetime(2024, 1, 31, 10, 0) and datetime.datetime(2024, 1, 31, 10, 0, 0, 1)",
        ),
        ("false as is_open", "is_open: True and False"),
    ],
)
def test_another_value_is_shown(tmp_path: Path, change: str, line: str) -> None:
    first = f"select * replace ({change}) from ({MART}) where segment = 'all'"
    found = compare(tmp_path, f"{first} union all from ({MART}) where segment is null")
    assert found.lines == [f"rates [month_start=2024-01-31, segment=all] {line}"]
    assert found.differences == 1


@pytest.mark.parametrize("change", ["rate + 1e-10 as rate", "'another' as run_id"])
def test_what_the_engine_or_the_run_decides_is_no_difference(tmp_path: Path, change: str) -> None:
    assert compare(tmp_path, f"select * replace ({change}) from ({MART})").differences == 0


def test_a_large_double_may_differ_by_its_last_digits(tmp_path: Path) -> None:
    ours = release(tmp_path / "ours", "select 1 as id, 1e12::double as value", "large")
    theirs = release(tmp_path / "theirs", "select 1 as id, 1e12::double + 500 as value", "large")
    further = release(tmp_path / "further", "select 1 as id, 1e12::double + 5000 as value", "large")
    assert compare_releases(ours, theirs, {}).differences == 0
    assert compare_releases(ours, further, {}).differences == 1


@pytest.mark.parametrize(
    ("theirs", "lines"),
    [
        (
            f"from ({MART}) where segment = 'all'",
            ["rates [month_start=2024-02-29, segment=NULL]: the second release has no such row"],
        ),
        (
            f"{MART} union all select '2024-03-31', 'x', 1, 1, 1, null, true, 'run'",
            ["rates [month_start=2024-03-31, segment=x]: the first release has no such row"],
        ),
        (
            f"{MART} union all from ({MART}) where segment = 'all'",
            ["rates: the second release has 1 keys (month_start, segment) more than once"],
        ),
    ],
)
def test_rows_that_one_side_lacks_or_repeats_are_shown(tmp_path: Path, theirs: str, lines: list[str]) -> None:
    assert compare(tmp_path, theirs).lines == lines


@pytest.mark.parametrize(
    "theirs",
    [
        f"select * exclude (is_open) from ({MART})",
        f"select * replace (mrr::decimal(18, 2) as mrr) from ({MART})",
        f"select * replace (customers::integer as customers) from ({MART})",
        f"select segment, * exclude (segment) from ({MART})",
    ],
    ids=["missing", "scale", "width", "order"],
)
def test_other_columns_or_types_are_shown(tmp_path: Path, theirs: str) -> None:
    found = compare(tmp_path, theirs)
    assert found.differences == 1
    assert found.lines[0].startswith("rates: the columns are {")


def test_a_mart_that_one_side_lacks_is_shown(tmp_path: Path) -> None:
    found = compare(tmp_path, MART, name="others")
    assert found.lines == [
        "others: only the second release has it",
        "rates: only the first release has it",
    ]


def test_every_difference_is_counted_and_the_first_ten_are_shown(tmp_path: Path) -> None:
    ours = release(tmp_path / "ours", "select range as id, 1 as value from range(100)", "many")
    theirs = release(tmp_path / "theirs", "select range as id, 2 as value from range(100)", "many")
    found = compare_releases(ours, theirs, {"many": ["id"]})
    assert found.differences == 100
    assert len(found.lines) == 10


def test_keys_are_those_that_the_models_are_tested_for() -> None:
    test = {"test_metadata": {"name": "valid_rows", "kwargs": {"key": ["a", "b"]}}, "attached_node": "m"}
    other = {"test_metadata": {"name": "unique", "kwargs": {}}, "attached_node": "m"}
    manifest = {"nodes": {"m": {"name": "rates"}, "t": test, "u": other}}
    assert keys_of(manifest) == {"rates": ["a", "b"]}
