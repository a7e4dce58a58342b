"""A table in memory that grows: named columns of numpy arrays, appended to in amortised constant time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.randomness import Ints


class GrowingTable:
    """Columns of equal length, each with a fixed dtype."""

    def __init__(self, **dtypes: str) -> None:
        """Start empty, with the given dtype for each column."""
        self._columns: dict[str, NDArray[Any]] = {name: np.empty(64, dtype) for name, dtype in dtypes.items()}
        self._length = 0

    def __len__(self) -> int:
        """Rows so far."""
        return self._length

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The column, writable in place; valid until the next append."""
        return self._columns[name][: self._length]

    def append(self, **values: ArrayLike) -> Ints:
        """Add rows; scalars are repeated. Returns the new rows' positions."""
        missing = self._columns.keys() ^ values.keys()
        if missing:
            raise KeyError(f"columns that do not match: {sorted(missing)}")
        arrays = {name: np.asarray(value) for name, value in values.items()}
        count = max((len(array) for array in arrays.values() if array.ndim), default=1)
        end = self._length + count
        for name, array in arrays.items():
            column = self._columns[name]
            if end > len(column):
                column = np.concatenate(
                    [column, np.empty(max(end, 2 * len(column)) - len(column), column.dtype)]
                )
                self._columns[name] = column
            column[self._length : end] = array
        positions = np.arange(self._length, end, dtype=np.int64)
        self._length = end
        return positions
