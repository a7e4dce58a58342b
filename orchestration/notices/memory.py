"""What was told: <warehouse>/notices/told.json, hashes alone, so that it names no account."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

# Longer than any fact stays new: a KPI is newly red for a month.
_KEPT = dt.timedelta(days=100)


class Memory:
    """Keys that were told. Held by one process at a time, so that two do not tell the same fact."""

    def __init__(self, path: Path, today: dt.date) -> None:
        self._path = path
        self._today = today
        self._told = _read(path)

    def has(self, key: str) -> bool:
        return _hash(key) in self._told

    def add(self, keys: Iterable[str]) -> None:
        """Remember the keys; the file is replaced in one step, so that a kill leaves it whole."""
        oldest = (self._today - _KEPT).isoformat()
        self._told = {key: day for key, day in self._told.items() if day >= oldest}
        self._told.update({_hash(key): self._today.isoformat() for key in keys})
        written = self._path.with_suffix(".tmp")
        with written.open("w", encoding="utf-8") as file:
            json.dump(self._told, file)
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._path)


@contextmanager
def memory_of(warehouse_dir: Path, today: dt.date) -> Generator[Memory]:
    """The memory of a warehouse, which others wait for until the block ends."""
    folder = warehouse_dir / "notices"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Memory(folder / "told.json", today)


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def _read(path: Path) -> dict[str, str]:
    """What was told; nothing where the file is missing or broken: telling twice is better than not at all."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): str(day) for key, day in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}
