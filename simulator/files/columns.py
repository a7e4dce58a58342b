"""How simulated numbers become typed columns: ids, times, dates, decimals, texts, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from simulator.clock import DAY, NEVER
from simulator.randomness import Bools


@dataclass(frozen=True)
class Ids:
    """Identifiers: a letter or two and the number with leading zeros. A number below 0 is NULL."""

    prefix: str
    numbers: NDArray[Any]
    width: int = 7


@dataclass(frozen=True)
class Times:
    """Seconds since 1970, UTC. NEVER is NULL."""

    seconds: NDArray[Any]


@dataclass(frozen=True)
class Dates:
    """Days, given as seconds since 1970 of any time in them. NEVER is NULL."""

    seconds: NDArray[Any]


@dataclass(frozen=True)
class Decimals:
    """Exact decimals: `units` / 10^`scale`; NULL where `known` is false."""

    units: NDArray[Any]
    scale: int
    known: Bools | None = None


@dataclass(frozen=True)
class Texts:
    """Text from a pool, by position. A code below 0 is NULL."""

    codes: NDArray[Any]
    pool: Sequence[str | None] | pa.Array


@dataclass(frozen=True)
class Numbers:
    """Whole numbers, flags or floats; NULL where `known` is false."""

    values: NDArray[Any]
    known: Bools | None = None


Column = Ids | Times | Dates | Decimals | Texts | Numbers


def to_arrow(column: Column, data_type: pa.DataType) -> pa.Array:
    """The column as an Arrow array of `data_type`."""
    match column:
        case Ids():
            return _ids(column)
        case Times():
            return _masked(
                pa.array(column.seconds.astype(np.int64)), column.seconds != NEVER, scale=1_000_000
            ).cast(data_type)
        case Dates():
            days = (column.seconds // DAY).astype(np.int32)
            return pa.array(days, mask=column.seconds == NEVER).cast(data_type)
        case Decimals():
            return decimals(column.units, column.scale, data_type, column.known)
        case Texts():
            pool = column.pool if isinstance(column.pool, pa.Array) else pa.array(column.pool, pa.string())
            codes = column.codes
            return pool.take(pa.array(codes, mask=codes < 0) if (codes < 0).any() else pa.array(codes))
        case Numbers():
            mask = None if column.known is None else ~column.known
            return pa.array(column.values, mask=mask).cast(data_type)


def decimals(units: NDArray[Any], scale: int, data_type: pa.DataType, known: Bools | None = None) -> pa.Array:
    """`units` / 10^scale as decimal128, exact. The result must fit 63 bits at the target's scale."""
    if not pa.types.is_decimal(data_type):
        return pa.array(units / 10.0**scale, mask=None if known is None else ~known).cast(data_type)
    raised = units.astype(np.int64) * 10 ** (data_type.scale - scale)
    words = np.empty((len(raised), 2), dtype=np.int64)
    words[:, 0] = raised
    words[:, 1] = raised >> 63  # the sign, carried into the high half
    validity = None if known is None else pa.array(known).buffers()[1]
    return pa.Array.from_buffers(data_type, len(raised), [validity, pa.py_buffer(words)])


def _ids(column: Ids) -> pa.Array:
    numbers = column.numbers
    known = numbers >= 0
    rest = np.where(known, numbers, 0).astype(np.uint32)
    head = np.frombuffer(column.prefix.encode(), dtype=np.uint8)
    width = len(head) + column.width
    text = np.empty((len(rest), width), dtype=np.uint8)
    text[:, : len(head)] = head
    for place in range(width - 1, len(head) - 1, -1):
        rest, digit = np.divmod(rest, np.uint32(10))
        text[:, place] = digit + 48
    offsets = np.arange(len(rest) + 1, dtype=np.int32) * width
    validity = None if known.all() else pa.array(known).buffers()[1]
    return pa.StringArray.from_buffers(len(rest), pa.py_buffer(offsets), pa.py_buffer(text), validity)


def _masked(array: pa.Array, known: Bools, scale: int) -> pa.Array:
    values = np.where(known, array.to_numpy(), 0) * scale
    return pa.array(values, mask=None if known.all() else ~known)
