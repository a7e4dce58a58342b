"""Folders of the raw folder that bear the name of a source system, and how their objects land.

What objects mean in columns of the contract is said by the models in `models/sources/<system>`.
"""

from __future__ import annotations

import glob
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.loading.errors import LoadError
from orchestration.loading.files import RawFile, files_in, is_visible, raw_file, table_name_of
from orchestration.loading.json_lines_files import line_problem, unmarked

_FROM_SUBSCRIPTIONS = ("accounts", "cancellations", "plans", "subscription_items")
# The objects of each system that its models read, each with the tables of the contract that come from it.
SYSTEMS: dict[str, dict[str, tuple[str, ...]]] = {
    "stripe": {
        "coupons": (),
        "customers": ("accounts",),
        "discounts": (),
        "events": _FROM_SUBSCRIPTIONS,
        "plans": ("plans",),
        "prices": ("plans",),
        "products": (),
        "subscriptions": _FROM_SUBSCRIPTIONS,
    }
}
_FORMATS = (".jsonl", ".parquet")


@dataclass(frozen=True)
class SystemFile:
    """A file of objects: `object_name` is a key of the system in SYSTEMS."""

    system: str
    object_name: str
    file: RawFile

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of the contract that come from its objects."""
        return SYSTEMS[self.system][self.object_name]


@dataclass(frozen=True)
class FoundSystems:
    """The files of objects of every system, and the files in the folders of systems that are not read."""

    files: tuple[SystemFile, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def tables(self) -> frozenset[str]:
        """The tables of the contract that come from them."""
        return frozenset(table for file in self.files for table in file.tables)


NO_SYSTEMS = FoundSystems()


def find_systems(raw_dir: Path | None) -> FoundSystems:
    """Find `<system>/<objects>.jsonl`, `.jsonl.gz`, `.parquet` or the folder `<system>/<objects>/`.

    Raises:
        LoadError: a system's folder holds files, and none of them is of its objects.
    """
    files: list[SystemFile] = []
    ignored: list[str] = []
    for system, objects in SYSTEMS.items():
        folder = raw_dir / system if raw_dir else None
        if raw_dir is None or folder is None or not folder.is_dir():
            continue
        found: list[SystemFile] = []
        others: list[str] = []
        for entry in sorted(filter(is_visible, folder.iterdir())):
            name = entry.name if entry.is_dir() else table_name_of(entry)
            for path in sorted(files_in(entry, raw_dir)):
                file = raw_file(path, raw_dir)
                if name in objects and file.format in _FORMATS:
                    found.append(SystemFile(system, name, file))
                else:
                    others.append(file.name)
        if others and not found:
            raise LoadError(
                f"{system}/ holds none of the objects that are read of it: {', '.join(objects)}, each as "
                f"{' or '.join(_FORMATS)} with one object a line or row. It holds {', '.join(others[:5])}. "
                "docs/sources.md says how to land them."
            )
        files.extend(found)
        ignored.extend(others)
    return FoundSystems(tuple(files), tuple(ignored))


def inspect_systems(
    connection: duckdb.DuckDBPyConnection, found: FoundSystems, scratch: Path
) -> Iterable[str]:
    """What is wrong with the files, a sentence each."""
    for one in found.files:
        try:
            with unmarked(one.file, scratch) as path:
                rows = connection.execute(
                    f"select count(*) from {_objects(one.file)} where json_type(body) <> 'OBJECT'",
                    {"path": glob.escape(str(path))},
                ).fetchall()
            if rows != [(0,)]:
                yield line_problem(one.file) or f"{one.file.name} holds a line that is not a JSON object."
        except LoadError as error:
            yield str(error)
        except OSError as error:
            yield f"{one.file.name} cannot be opened: {error.strerror}."
        except duckdb.Error as error:
            yield line_problem(one.file) or f"{one.file.name} cannot be read: {str(error).splitlines()[0]}"


def land_systems(connection: duckdb.DuckDBPyConnection, files: Sequence[SystemFile], scratch: Path) -> None:
    """Write every object into `raw.system_objects`, as JSON in text."""
    for one in files:
        with unmarked(one.file, scratch) as path:
            connection.execute(
                "insert into raw.system_objects "
                f"select $system, $object, body, $name, row_number() over () from {_objects(one.file)}",
                {
                    "system": one.system,
                    "object": one.object_name,
                    "name": one.file.name,
                    "path": glob.escape(str(path)),
                },
            )


def _objects(file: RawFile) -> str:
    """The objects of a file at `$path`, in one column of JSON text."""
    if file.format == ".parquet":
        return "(select cast(to_json(one) as varchar) as body from read_parquet($path) as one)"
    return "(select cast(json as varchar) as body from read_ndjson_objects($path))"
