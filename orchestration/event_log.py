"""Where Dagster keeps the events of runs: its SQLite storage, with connections that stay open.

Dagster's own storage opens the database anew for each of a run's thousands of events, which takes longer than
writing them. dagster.yaml names this class.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, StaticPool, create_engine

# The database of what all runs share; the other ones are named after their run.
_INDEX = "index"
# Databases kept open at a time: the pages of `dagster dev` look at many runs.
_KEPT = 8
_BUSY_SECONDS = 30


class KeptSqliteEventLogStorage(SqliteEventLogStorage):
    """Dagster's SQLite event log with one kept connection per database, for threads and processes alike.

    Commits do not wait for the disk: a killed process loses nothing, a power cut may lose the last events.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._engines_lock = threading.Lock()
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> KeptSqliteEventLogStorage:
        """The storage that dagster.yaml describes."""
        return cls(inst_data=inst_data, **config_value)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """A transaction in the database of a run."""
        return self._transaction(run_id or "", super().run_connection(run_id))

    def index_connection(self) -> AbstractContextManager[Connection]:
        """A transaction in the database that all runs share."""
        return self._transaction(_INDEX, super().index_connection())

    def has_table(self, table_name: str) -> bool:
        """Whether the shared database has a table; asked with each event, and asked of it until it has."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def wipe(self) -> None:
        """Remove all events."""
        self._close()
        self._tables.clear()
        super().wipe()

    def dispose(self) -> None:
        """Close all connections."""
        self._close()
        super().dispose()

    @contextmanager
    def _transaction(self, name: str, first: AbstractContextManager[Connection]) -> Generator[Connection]:
        """A transaction, one at a time; `first` is Dagster's own connection, which creates the tables."""
        with self._engines_lock:
            if name not in self._engines:
                with first:
                    pass
                self._engines[name] = _kept_engine(Path(self.path_for_shard(name)))
            self._engines.move_to_end(name)
            if len(self._engines) > _KEPT:
                self._engines.popitem(last=False)[1].dispose()
            with self._engines[name].begin() as connection:
                yield connection

    def _close(self) -> None:
        with self._engines_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()


def _kept_engine(path: Path) -> Engine:
    """An engine with one connection, which any thread may use in its turn."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
        connection.execute("pragma synchronous = off")
        # Each commit reaches the database file itself: the pages of `dagster dev` watch it for new events.
        connection.execute("pragma wal_autocheckpoint = 1")
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=StaticPool)
