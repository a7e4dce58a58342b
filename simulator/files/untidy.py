"""Makes clean rows untidy: late, repeated, corrected, contradicted, with missing values, a few spoiled.

Spoiled rows are added as copies, never made from a true row, so the books stay complete. Repeated and
superseded rows are counted; every row that must be quarantined is listed with its reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator.files.contract import Contract, RawTable
from simulator.files.untidy_rules import EARLIER, NOWHERE, UNTIDY_RULES, Defect, UntidyRules
from simulator.randomness import Ints, stream

# Shares of a table's rows.
_LATE = 0.004
_REPEATED = 0.003
_CORRECTED = 0.002
_CONTRADICTED = 0.00005
_SPOILED = 0.00003  # for each kind of defect
_MISSING = 0.01
_UNKNOWN = 0.002
_SMALLEST = 20  # a chunk with fewer rows gets no defects of its own


@dataclass
class RowCounts:
    """What a reader of the raw folder must find, by table."""

    read: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)
    superseded: Counter[str] = field(default_factory=Counter)
    unknown_references: Counter[str] = field(default_factory=Counter)
    spoiled: list[tuple[str, str, str, str, int]] = field(
        default_factory=list
    )  # table, key, reason, file, row number


@dataclass
class Delivery:
    """What is written of a chunk: rows to this file, rows that only text can hold, rows to a later file."""

    rows: pa.Table
    text_rows: list[dict[str, str]]
    later: pa.Table


@dataclass(frozen=True)
class _Piece:
    """One clean chunk and where it goes."""

    table: RawTable
    rules: UntidyRules
    chunk: pa.Table
    file: str  # path inside the raw folder
    offset: int  # rows already in that file
    can_wait: bool  # a later file of the table will follow
    rng: np.random.Generator


class Untidier:
    """Makes chunks untidy; remembers which defects a table has had."""

    def __init__(self, seed: int, contract: Contract, allows_text: bool, counts: RowCounts) -> None:
        """`allows_text`: the files are text, so a value of the wrong type can be written."""
        self._seed = seed
        self._contract = contract
        self._allows_text = allows_text
        self._counts = counts
        self._chunks: Counter[str] = Counter()
        self._spoiled: Counter[str] = Counter()
        self._seen: set[tuple[str, str, str]] = set()

    def make_untidy(self, name: str, chunk: pa.Table, file: str, *, offset: int, can_wait: bool) -> Delivery:
        """Make one clean chunk untidy.

        Args:
            name: the table.
            chunk: its clean rows.
            file: path inside the raw folder, for the list of spoiled rows.
            offset: rows already in that file.
            can_wait: a later file of the table will follow.
        """
        rng = stream(self._seed, f"untidy {name}", self._chunks[name])
        self._chunks[name] += 1
        piece = _Piece(self._contract[name], UNTIDY_RULES[name], chunk, file, offset, can_wait, rng)
        piece = replace(piece, chunk=self._remove_values(piece))
        return self._add_spoiled(piece, self._deliver(piece))

    def _deliver(self, piece: _Piece) -> Delivery:
        """Make rows late, repeated, corrected or contradicted."""
        name, chunk, rules, rng = piece.table.name, piece.chunk, piece.rules, piece.rng
        count = len(chunk)
        can_correct = rules.corrected and (piece.can_wait or rules.recorded_from)
        sizes = [
            rng.binomial(count, _REPEATED),
            rng.binomial(count, _LATE) if piece.can_wait else 0,
            rng.binomial(count, _CORRECTED) if can_correct else 0,
            self._occurrences(piece, "duplicate_key", "", _CONTRADICTED) if rules.contradicted else 0,
        ]
        chosen = rng.choice(count, min(sum(sizes), count), replace=False)
        repeated, late, corrected, contradicted = np.split(chosen, np.cumsum(sizes[:-1]))
        main, older, true = _correct(piece, corrected)
        main, double = _contradict(main, contradicted, rules)
        again = chunk.take(pa.array(np.sort(repeated)))
        half = len(again) // 2 if piece.can_wait else 0
        self._counts.repeated[name] += len(again)
        self._counts.superseded[name] += len(older) + len(true)
        later = pa.concat_tables([chunk.take(pa.array(np.sort(late))), again.slice(0, half), true])
        on_time = np.ones(count, dtype=bool)
        on_time[late] = False
        rows = pa.concat_tables([main.filter(pa.array(on_time)), again.slice(half), older, double])
        first = piece.offset + len(rows) - len(double) + 1
        for k in range(len(double)):
            self._list(piece, _as_text(double.slice(k, 1)), "duplicate_key", first + k)
        return Delivery(rows, [], later)

    def _occurrences(self, piece: _Piece, reason: str, column: str, rate: float) -> int:
        """How often to add a defect: once in every table that is large enough, then by the rate."""
        occurrences = int(piece.rng.binomial(len(piece.chunk), rate))
        defect = (piece.table.name, reason, column)
        if len(piece.chunk) >= _SMALLEST and defect not in self._seen:
            self._seen.add(defect)
            occurrences += 1
        return occurrences

    def _remove_values(self, piece: _Piece) -> pa.Table:
        chunk, rng = piece.chunk, piece.rng
        for column in piece.rules.missing:
            chunk = _overwrite(chunk, column, rng.random(len(chunk)) < _MISSING, None)
        column = piece.rules.unknown_reference
        if column:
            empty = chunk.column(column).is_null().to_numpy(zero_copy_only=False)
            points_nowhere = empty & (rng.random(len(chunk)) < _UNKNOWN)
            self._counts.unknown_references[piece.table.name] += int(points_nowhere.sum())
            chunk = _overwrite(chunk, column, points_nowhere, NOWHERE)
        return chunk

    def _add_spoiled(self, piece: _Piece, delivery: Delivery) -> Delivery:
        """Add spoiled rows at the end, those that only text can hold last."""
        rows, text_rows = delivery.rows, []
        for defect in (defect for defect in piece.rules.defects if not defect.text_only):
            for _ in range(self._occurrences(piece, defect.reason, defect.column, _SPOILED)):
                row = self._spoiled_row(piece, defect)
                rows = pa.concat_tables([rows, row])
                self._list(piece, _as_text(row), defect.reason, piece.offset + len(rows))
        for defect in (defect for defect in piece.rules.defects if defect.text_only and self._allows_text):
            for _ in range(self._occurrences(piece, defect.reason, defect.column, _SPOILED)):
                row = self._spoiled_row(piece, defect)
                text = {**_as_text(row), defect.column: defect.value}
                text_rows.append(text)
                self._list(piece, text, defect.reason, piece.offset + len(rows) + len(text_rows))
        return Delivery(rows, text_rows, delivery.later)

    def _spoiled_row(self, piece: _Piece, defect: Defect) -> pa.Table:
        """A copy of a random row with a new key and one defect; a `text_only` defect is added to its text."""
        place = int(piece.rng.integers(len(piece.chunk)))
        if defect.reason == "no_exchange_rate":
            paying = np.flatnonzero(np.array(piece.chunk.column("status").to_pylist()) == "active")
            place = int(paying[piece.rng.integers(len(paying))]) if len(paying) else place
        everywhere = np.ones(1, dtype=bool)
        self._spoiled[piece.table.name] += 1
        new_key = f"X{self._spoiled[piece.table.name]:06d}"
        row = _overwrite(piece.chunk.slice(place, 1), piece.rules.new_key, everywhere, new_key)
        return row if defect.text_only else _overwrite(row, defect.column, everywhere, defect.value)

    def _list(self, piece: _Piece, row: dict[str, str], reason: str, row_number: int) -> None:
        key = "|".join(row[column] for column in piece.table.key)
        self._counts.spoiled.append((piece.table.name, key, reason, piece.file, row_number))


def _correct(piece: _Piece, corrected: Ints) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The rows of this file, older versions for the same file, and true rows for a later file.

    Where a later file follows, it gets the true row and this one the older version; else this one has both.
    """
    chunk, rules = piece.chunk, piece.rules
    nothing = chunk.slice(0, 0)
    if not len(corrected) or rules.corrected is None:
        return chunk, nothing, nothing
    is_older = np.zeros(len(chunk), dtype=bool)
    is_older[corrected] = chunk.column(rules.corrected).is_valid().to_numpy(zero_copy_only=False)[corrected]
    versions = _overwrite(chunk, rules.corrected, is_older, None)
    if rules.recorded_from:
        place = versions.schema.get_field_index("recorded_at")
        recorded = _choose(is_older, _earlier(versions), versions.column(place))
        versions = versions.set_column(place, versions.schema.field(place), recorded)
    if piece.can_wait:
        return versions, nothing, chunk.filter(pa.array(is_older))
    return chunk, versions.filter(pa.array(is_older)), nothing


def _contradict(main: pa.Table, contradicted: Ints, rules: UntidyRules) -> tuple[pa.Table, pa.Table]:
    """Second rows with the same keys and another value; neither row has a `recorded_at`."""
    if not len(contradicted) or rules.contradicted is None:
        return main, main.slice(0, 0)
    mask = np.zeros(len(main), dtype=bool)
    mask[contradicted] = True
    if rules.recorded_from:
        main = _overwrite(main, "recorded_at", mask, None)
    double = main.filter(pa.array(mask))
    return main, _overwrite(double, rules.contradicted, np.ones(len(double), dtype=bool), "changed")


def _overwrite(table: pa.Table, column: str, mask: np.ndarray, value: Any) -> pa.Table:
    if not mask.any():
        return table
    place = table.schema.get_field_index(column)
    data_type = table.schema.field(place).type
    if value is not None and pa.types.is_decimal(data_type):
        value = Decimal(value)
    scalar = pa.scalar(value, data_type)
    return table.set_column(place, table.schema.field(place), _choose(mask, scalar, table.column(place)))


def _choose(
    mask: np.ndarray, value: pa.Scalar | pa.ChunkedArray, otherwise: pa.ChunkedArray
) -> pa.ChunkedArray:
    return pc.call_function("if_else", [pa.array(mask), value, otherwise])


def _earlier(table: pa.Table) -> pa.ChunkedArray:
    return pc.call_function("subtract", [table.column("recorded_at"), pa.scalar(EARLIER, pa.duration("us"))])


def _as_text(row: pa.Table) -> dict[str, str]:
    return {name: _text(value) for name, value in row.to_pylist()[0].items()}


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value.normalize():f}"
        case _:
            return str(value)
