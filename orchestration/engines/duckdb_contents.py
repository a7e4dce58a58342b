"""What a release holds of each mart, told by hashes, so that the next release writes only what is other."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from orchestration.release.releases import literal

_FILE = "contents.json"
_MONTH = "month_start"
# Rows taken out leave gaps in a database: once its file has grown by this factor, it is written whole again.
_GROWTH = 1.25


@dataclass(frozen=True)
class Content:
    """The columns of a mart with their types, and of each month a text that is another for other rows.

    Rows without a month, and those of a mart without months, are under an empty text.
    """

    columns: list[list[str]]
    months: Mapping[str, str]

    @property
    def rows(self) -> int:
        return sum(int(text.split()[0]) for text in self.months.values())

    @property
    def has_months(self) -> bool:
        """Whether every row has a month."""
        return "" not in self.months

    def changed_from(self, other: Content | None) -> list[str]:
        """The months whose rows are others than in `other`, those that only one has included."""
        there = other.months if other and other.columns == self.columns else {}
        both = self.months.keys() | there.keys()
        return sorted(month for month in both if self.months.get(month) != there.get(month))


@dataclass(frozen=True)
class Contents:
    """What a release holds: its marts, and the state of its database file.

    `whole_bytes` is the size of the database when it was last written whole, not copied from a release.
    """

    marts: Mapping[str, Content] = field(default_factory=dict)
    database: list[int] = field(default_factory=list)
    whole_bytes: int = 0
    # Another DuckDB can have other hashes.
    written_by: str = duckdb.__version__

    def can_go_on(self, database: Path) -> bool:
        """Whether the file is as its release was written, and has not grown too much by rows taken out."""
        if not self.database or not database.exists():
            return False
        state = state_of(database)
        return state == self.database and state[0] <= self.whole_bytes * _GROWTH

    def save(self, release: Path) -> None:
        (release / _FILE).write_text(json.dumps(asdict(self)), encoding="utf-8")


def contents_of(release: Path) -> Contents:
    """What a release says that it holds; nothing where it was written by another DuckDB or in another way."""
    try:
        found = json.loads((release / _FILE).read_text(encoding="utf-8"))
        marts = {name: Content(**content) for name, content in found.pop("marts").items()}
        contents = Contents(marts=marts, **found)
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return Contents()
    return contents if contents.written_by == duckdb.__version__ else Contents()


def content_of(connection: duckdb.DuckDBPyConnection, relation: str) -> Content:
    """The content of a table or view."""
    columns = [list(row[:2]) for row in connection.execute(f"describe {relation}").fetchall()]
    month = f"coalesce(cast({_MONTH} as varchar), '')" if [_MONTH, "DATE"] in columns else "''"
    found = connection.execute(
        f"select {month}, concat_ws(' ', count(*), sum(hash(t)::hugeint), bit_xor(hash(t))) "
        f"from {relation} as t group by 1 order by 1"
    ).fetchall()
    return Content(columns, dict(found))


def is_in(months: Collection[str]) -> str:
    """The condition of the rows of these months."""
    return f"{_MONTH} in ({', '.join(f'date {literal(month)}' for month in months)})"


def state_of(file: Path) -> list[int]:
    """Size and time of a file, which change with every write to it."""
    found = file.stat()
    return [found.st_size, found.st_mtime_ns]
