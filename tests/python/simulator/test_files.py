"""Columns become exact files; events are written month by month in bounded pieces."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulator import Simulated, SimulatorConfig, simulate
from simulator.clock import NEVER, activity_by_day, seconds, timeline
from simulator.company.growing_table import GrowingTable
from simulator.company.names import company_names, name_pools
from simulator.files.columns import Dates, Decimals, Ids, Texts, Times, to_arrow

from ..support.simulated import CONTRACT


def test_ids_are_padded_and_negative_numbers_are_null() -> None:
    ids = to_arrow(Ids("AC", np.array([0, -1, 1_234_567]), 8), pa.string())
    assert ids.to_pylist() == ["AC00000000", None, "AC01234567"]


def test_decimals_are_exact_negative_and_null() -> None:
    column = Decimals(np.array([1, -3, 5, 92_000_000_000]), 2, np.array([True, True, False, True]))
    found = to_arrow(column, pa.decimal128(18, 8)).to_pylist()
    assert found == [Decimal("0.01"), Decimal("-0.03"), None, Decimal("920000000")]


def test_times_dates_and_texts() -> None:
    noon = seconds(dt.date(2025, 3, 1)) + 43_200
    times = to_arrow(Times(np.array([noon, NEVER])), pa.timestamp("us"))
    assert times.to_pylist() == [dt.datetime(2025, 3, 1, 12), None]
    assert to_arrow(Dates(np.array([noon])), pa.date32()).to_pylist() == [dt.date(2025, 3, 1)]
    assert to_arrow(Texts(np.array([1, -1, 0]), ("a", "b")), pa.string()).to_pylist() == ["b", None, "a"]


def test_rows_grow_and_keep_what_was_written() -> None:
    rows = GrowingTable(a="i4", b="i8")
    for k in range(100):
        rows.append(a=np.array([k, k]), b=7)
    rows["b"][3] = 9
    assert len(rows) == 200
    assert rows["a"][-1] == 99
    assert rows["b"][:5].tolist() == [7, 7, 7, 9, 7]
    with pytest.raises(KeyError, match="b"):
        rows.append(a=np.array([1]))


def test_the_calendar_knows_leap_years_weekends_and_holidays() -> None:
    months = timeline(dt.date(2024, 5, 31), 4).months
    assert [month.label for month in months] == ["2024-02", "2024-03", "2024-04", "2024-05"]
    assert [month.days for month in months] == [29, 31, 30, 31]
    may = activity_by_day(months[3])
    assert may[2, 2] < 0.2 * may[2, 6]  # Constitution Day in Japan is a Friday
    assert may[0, 2] > 0.9
    assert may[0, 3] < 0.2  # a Saturday


def test_every_company_has_a_coined_word_in_its_name() -> None:
    pools = name_pools(4)
    names = company_names(4, pools, np.arange(400) % 2 == 1, np.arange(400) % 8).to_pylist()
    coined = (set(pools.coined[0]), pools.coined[1])
    assert all(name.split()[1] in coined[0] for name in names[::2])
    assert all(any(word in name for word in coined[1]) for name in names[1::2])


def test_each_month_of_events_is_one_file_of_that_month_and_late_rows(small: Simulated) -> None:
    files = sorted((small.raw_dir / "product_events").iterdir())
    assert [file.stem for file in files] == [
        month.label for month in timeline(dt.date(2025, 12, 31), 18).months
    ]
    for before, file in zip([None, *files[:-1]], files, strict=True):
        rows = duckdb.sql(
            f"select strftime(occurred_at, '%Y-%m') m, count(*) n from '{file}' group by 1"
        ).fetchall()
        found = dict(rows)
        assert found.keys() <= {file.stem, before.stem if before else file.stem}
        assert found[file.stem] > 0.9 * sum(found.values())


def test_pieces_larger_than_a_month_stay_within_the_month_and_small_ones_are_bounded(tmp_path: Path) -> None:
    config = SimulatorConfig(accounts=200, months=6, events=40_000, seed=2)
    large = simulate(replace(config, event_chunk_rows=5_000_000), CONTRACT, tmp_path / "large")
    small = simulate(replace(config, event_chunk_rows=1_000), CONTRACT, tmp_path / "small")
    for done, at_most in ((large, 50_000), (small, 4_000)):
        for file in (done.raw_dir / "product_events").iterdir():
            metadata = pq.ParquetFile(file).metadata
            groups = [metadata.row_group(k).num_rows for k in range(metadata.num_row_groups)]
            assert max(groups) <= at_most
            assert len(groups) < 6 or done is small


def test_memory_does_not_grow_with_the_number_of_events(tmp_path: Path) -> None:
    peaks = []
    for events in (150_000, 800_000):
        config = SimulatorConfig(accounts=300, months=6, events=events, seed=2, event_chunk_rows=20_000)
        tracemalloc.start()
        done = simulate(config, CONTRACT, tmp_path / str(events))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert done.rows["product_events"] > 0.3 * events
    assert peaks[1] < 1.6 * peaks[0]
