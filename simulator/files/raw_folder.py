"""Writes the raw folder: one file per table, or one file per month, in the contract's columns and types."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from simulator.clock import NEVER, Month, Timeline
from simulator.config import SimulatorConfig
from simulator.files.columns import Column, Times, to_arrow
from simulator.files.contract import Contract, RawTable
from simulator.files.untidy import RowCounts, Untidier
from simulator.files.untidy_rules import UNTIDY_RULES
from simulator.randomness import stream

ROWS_AT_ONCE = 400_000  # of a table that is written once; another value gives other bytes


class RawFolder:
    """The export of the simulated company, written piece by piece."""

    def __init__(self, folder: Path, contract: Contract, config: SimulatorConfig, timeline: Timeline) -> None:
        """`folder` exists and is empty."""
        self.counts = RowCounts()
        self._folder = folder
        self._contract = contract
        self._config = config
        self._timeline = timeline
        self._untidier = Untidier(config.seed, contract, config.file_format == "csv", self.counts)
        self._open: dict[str, _File] = {}
        self._waiting: dict[str, list[pa.Table]] = {}
        self._pieces: dict[str, int] = {}

    def write(
        self, name: str, columns: dict[str, Column], month: Month | None = None, superseded: int = 0
    ) -> None:
        """Add rows to a table: to the month's file, or to the table's one file.

        Args:
            name: a table of the contract.
            columns: some of its columns, of equal length; the others are NULL, `recorded_at` is drawn if
                it is not given.
            month: for a table with a file for each month; months come in order.
            superseded: how many of the rows are earlier versions of another.
        """
        table = self._contract[name]
        unknown = columns.keys() - set(table.schema.names)
        if unknown:
            raise KeyError(f"{name} has no column {sorted(unknown)}")
        chunk = self._chunk(table, columns)
        file = self._file(name, month)
        self.counts.superseded[name] += superseded
        last = month is None or month.index == len(self._timeline.months) - 1
        if self._config.untidy:
            delivery = self._untidier.make_untidy(name, chunk, file.name, offset=file.rows, can_wait=not last)
            if len(delivery.later):
                self._waiting.setdefault(name, []).append(delivery.later)
            self.counts.read[name] += file.write(delivery.rows) + file.write_text(delivery.text_rows)
        else:
            self.counts.read[name] += file.write(chunk)

    @property
    def tables(self) -> list[str]:
        """The names of the contract's tables."""
        return list(self._contract)

    def close(self) -> None:
        """Write the rows that still wait, and close all files."""
        for name in sorted(self._waiting):
            if self._waiting[name]:
                self._file(name, self._timeline.months[-1])
        for name in sorted(self._contract.keys() - self._pieces.keys()):
            self._file(name, None)  # a table without rows still has its header
        for file in self._open.values():
            file.close()

    def _chunk(self, table: RawTable, columns: dict[str, Column]) -> pa.Table:
        arrays = {name: to_arrow(column, table.schema.field(name).type) for name, column in columns.items()}
        length = len(next(iter(arrays.values())))
        times = [columns[name] for name in UNTIDY_RULES[table.name].recorded_from]
        if times and "recorded_at" not in columns:
            piece = self._pieces.get(table.name, 0)
            rng = stream(self._config.seed, f"recorded {table.name}", piece)
            happened = np.maximum.reduce(
                [np.where(t.seconds == NEVER, 0, t.seconds) for t in times if isinstance(t, Times)]
            )
            # Mostly minutes later; days later where somebody backdated the row.
            model = self._config.model
            share = model.backdated_cancellations if table.name == "cancellations" else model.backdated_share
            delay = rng.exponential(300, length) + (rng.random(length) < share) * rng.exponential(
                model.backdated_days * 86_400, length
            )
            recorded = np.minimum(happened + delay.astype(np.int64), self._timeline.end - 1)
            arrays["recorded_at"] = to_arrow(Times(recorded), table.schema.field("recorded_at").type)
        self._pieces[table.name] = self._pieces.get(table.name, 0) + 1
        return pa.table(
            [arrays.get(field.name, pa.nulls(length, field.type)) for field in table.schema],
            schema=table.schema,
        )

    def _file(self, name: str, month: Month | None) -> _File:
        path = (
            f"{name}{self._config.extension}"
            if month is None
            else f"{name}/{month.label}{self._config.extension}"
        )
        file = self._open.get(name)
        if file is None or file.name != path:
            if file is not None:
                file.close()
            file = self._open[name] = _File(self._folder, path, self._contract[name].schema)
            self._pieces.setdefault(name, 0)
            for waited in self._waiting.pop(name, []):
                self.counts.read[name] += file.write(waited)
        return file


class _File:
    """One open file; its bytes depend on its rows alone."""

    def __init__(self, folder: Path, name: str, schema: pa.Schema) -> None:
        self.name = name
        self.rows = 0
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._parquet: pq.ParquetWriter | None = None
        self._text: BinaryIO | None = None
        if path.suffix == ".parquet":
            self._parquet = pq.ParquetWriter(path, schema, compression="zstd", store_schema=False)
        else:
            self._text = path.open("wb")
            self._text.write((",".join(schema.names) + "\n").encode())

    def write(self, rows: pa.Table) -> int:
        """Append typed rows; how many."""
        if not len(rows):
            return 0
        self.rows += len(rows)
        # One chunk: the CSV writer of pyarrow 26 writes corrupt text for a table with an empty chunk.
        rows = rows.combine_chunks()
        if self._parquet is not None:
            self._parquet.write_table(rows, row_group_size=len(rows))
        elif self._text is not None:
            pacsv.write_csv(_readable(rows), self._text, pacsv.WriteOptions(include_header=False))
        return len(rows)

    def write_text(self, rows: list[dict[str, str]]) -> int:
        """Append rows that only a text file can hold; how many."""
        if not rows or self._text is None:
            return 0
        self.rows += len(rows)
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerows([list(row.values()) for row in rows])
        self._text.write(buffer.getvalue().encode())
        return len(rows)

    def close(self) -> None:
        """Close the file."""
        for handle in (self._parquet, self._text):
            if handle is not None:
                handle.close()


def _readable(rows: pa.Table) -> pa.Table:
    """Times to the second, as fractions are not simulated; decimals without padding (all fit a double)."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            rows = rows.set_column(place, field.name, pc.cast(rows.column(place), pa.timestamp("s")))
        elif pa.types.is_decimal(field.type):
            rows = rows.set_column(place, field.name, pc.cast(rows.column(place), pa.float64()))
    return rows
