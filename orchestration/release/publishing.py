"""A release: the marts that passed every check, in a folder of its own, behind one link.

    <warehouse>/releases/<id>/cs_kpi.duckdb        schema marts alone; not on Spark
    <warehouse>/releases/<id>/marts/<mart>.parquet a file; a folder of files on Spark
    <warehouse>/releases/<id>/reports/*            what people read, such as the backtest of the health score
    <warehouse>/releases/<id>/release.json
    <warehouse>/published -> releases/<id>

Everything is written under a hidden name and checked; renaming the link is the one moment at which readers
see it. A run that is killed before leaves a hidden folder, which the next run removes.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import duckdb

DATABASE_FILE = "cs_kpi.duckdb"
MANIFEST_FILE = "release.json"
RELEASES_KEPT = 3
# DuckDB 1.1 and later open this format, whichever version writes it.
STORAGE_VERSION = "v1.0.0"
_UNFINISHED = ".unfinished-"


class WarehouseError(ValueError):
    """The warehouse cannot take this run; the message says why and what to do."""


@dataclass(frozen=True)
class Origin:
    """What a warehouse is built from. One warehouse keeps to one of each."""

    raw_dir: str
    reporting_currency: str
    reporting_timezone: str
    customer_level: str


@dataclass(frozen=True)
class Release:
    """One published release: what `release.json` holds. `marts` gives the rows of each mart."""

    release_id: str
    run_id: str
    as_of_date: dt.date
    origin: Origin
    marts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class MartText:
    """The description of a mart and of its columns, as readers of the database see them."""

    description: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


def release_id(started_at: dt.datetime, run_id: str) -> str:
    """The name of a run's release: sorts by the time at which the run started."""
    return f"{started_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{run_id[:8]}"


def published_release(warehouse_dir: Path) -> Release | None:
    """The release that readers see now; None where nothing was published yet.

    Raises:
        WarehouseError: `release.json` cannot be read.
    """
    path = warehouse_dir / "published" / MANIFEST_FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Release(
            release_id=content["release_id"],
            run_id=content["run_id"],
            as_of_date=dt.date.fromisoformat(content["as_of_date"]),
            origin=Origin(**content["origin"]),
            marts=content["marts"],
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise WarehouseError(
            f"{path} is not a release's manifest ({error}); put the file back, "
            f"or use another CSKPI_WAREHOUSE_DIR or `make clean`."
        ) from error


def refuse_other_origin(
    published: Release | None, origin: Origin, as_of_date: dt.date | None, warehouse_dir: Path
) -> None:
    """Stop where `origin` or `as_of_date` does not continue what the warehouse holds.

    `as_of_date` is None while it is not known yet.

    Raises:
        WarehouseError: one sentence per difference.
    """
    if published is None:
        return
    labels = {
        "raw_dir": "the raw folder (CSKPI_RAW_DIR)",
        "reporting_currency": "the currency (CSKPI_REPORTING_CURRENCY)",
        "reporting_timezone": "the time zone (CSKPI_REPORTING_TIMEZONE)",
        "customer_level": "the customer level (customer_level in dbt_project.yml)",
    }
    before, now = asdict(published.origin), asdict(origin)
    differences = [
        f"{label} was {before[name]} and is now {now[name]}"
        for name, label in labels.items()
        if before[name] != now[name]
    ]
    if as_of_date and as_of_date < published.as_of_date:
        differences.append(f"it was published as of {published.as_of_date}, this run is as of {as_of_date}")
    if differences:
        raise WarehouseError(
            f"The warehouse {warehouse_dir} holds something else: {'; '.join(differences)}. "
            "Use another CSKPI_WAREHOUSE_DIR, or `make clean` to begin this one again."
        )


def publish(
    build_path: Path, warehouse_dir: Path, release: Release, texts: Mapping[str, MartText] | None = None
) -> Release:
    """Write schema `marts` of the build database as `release`, check it, and point `published` to it.

    Returns:
        The release with the rows of each mart.

    Raises:
        WarehouseError: there is nothing to publish, or what was written differs from what was built.
    """
    return publish_written(
        warehouse_dir, release, lambda folder: _write_marts(build_path, folder, texts or {}), _check
    )


def publish_written(
    warehouse_dir: Path,
    release: Release,
    write: Callable[[Path], Mapping[str, int]],
    check: Callable[[Path, Mapping[str, int]], None],
    show: Callable[[Path], None] = lambda folder: None,
) -> Release:
    """Have an engine `write` the marts into a folder, `check` it, and point `published` to it.

    `write` returns the rows of each mart as they were built, `check` raises where the folder holds something
    else, and `show` is told the folder's last name just before the link is renamed.

    Returns:
        The release with the rows of each mart.
    """
    releases = warehouse_dir / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    remove_leftovers(warehouse_dir)
    unfinished = releases / f"{_UNFINISHED}{release.release_id}"
    (unfinished / "marts").mkdir(parents=True)
    marts = write(unfinished)
    reports = warehouse_dir / "build" / "reports"
    if reports.exists():
        shutil.copytree(reports, unfinished / "reports")
    written = replace(release, marts=marts)
    _write_manifest(unfinished / MANIFEST_FILE, written)
    check(unfinished, marts)
    _sync(unfinished)
    final = releases / release.release_id
    unfinished.rename(final)
    _sync_folder(releases)
    show(final)
    _switch(warehouse_dir, final)
    _remove_old(warehouse_dir)
    return written


@contextmanager
def open_marts(release_dir: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection in which the schema `marts` is that of a release, from whichever engine."""
    database = release_dir / DATABASE_FILE
    if database.exists():
        with duckdb.connect(str(database), read_only=True) as connection:
            yield connection
        return
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        connection.execute("create schema marts")
        for folder in sorted((release_dir / "marts").glob("*.parquet")):
            files = f"read_parquet({_literal(folder / '*.parquet')})"
            connection.execute(f"create view marts.{_name(folder.stem)} as from {files}")
        yield connection


def mart_mismatch(name: str, rows: int, kind: str, folder: Path, found: int) -> WarehouseError:
    """What to say where a mart was written with other rows than it was built with."""
    return WarehouseError(
        f"Mart {name} has {rows} rows, but its {kind} in {folder} has {found}; "
        "nothing was published. Check the disk, then run again."
    )


def remove_leftovers(warehouse_dir: Path) -> None:
    """Remove what killed runs left: unfinished releases, a link that was never renamed."""
    for folder in (warehouse_dir / "releases").glob(f"{_UNFINISHED}*"):
        shutil.rmtree(folder)
    (warehouse_dir / f"{_UNFINISHED}published").unlink(missing_ok=True)


def _write_marts(build_path: Path, folder: Path, texts: Mapping[str, MartText]) -> dict[str, int]:
    """Copy the marts into the release's database and Parquet files; rows of each mart as they were built."""
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        # Views name the build's catalog, so it keeps its name here.
        connection.execute(f"attach {_literal(build_path)} as cs_kpi (read_only)")
        database = _literal(folder / DATABASE_FILE)
        connection.execute(f"attach {database} as release (storage_version '{STORAGE_VERSION}')")
        connection.execute("create schema release.marts")
        names = connection.execute(
            "select table_name from information_schema.tables "
            "where table_catalog = 'cs_kpi' and table_schema = 'marts' order by table_name"
        ).fetchall()
        if not names:
            raise WarehouseError(f"{build_path} holds no marts; run the whole job `refresh` first.")
        marts = {}
        for (name,) in names:
            source, target = f"cs_kpi.marts.{_name(name)}", f"release.marts.{_name(name)}"
            connection.execute(f"create table {target} as from {source}")
            _comment(connection, target, texts.get(name, MartText()))
            parquet = _literal(folder / "marts" / f"{name}.parquet")
            connection.execute(f"copy {target} to {parquet} (format parquet, compression zstd)")
            marts[name] = _count(connection, source)
        connection.execute("checkpoint release")
        connection.execute("detach release")
    return marts


def _comment(connection: duckdb.DuckDBPyConnection, table: str, text: MartText) -> None:
    if text.description:
        connection.execute(f"comment on table {table} is {_literal(text.description)}")
    columns = {name for name, *_ in connection.execute(f"describe {table}").fetchall()}
    for column in columns & text.columns.keys():
        comment = _literal(text.columns[column])
        connection.execute(f"comment on column {table}.{_name(column)} is {comment}")


def _write_manifest(path: Path, release: Release) -> None:
    content = {**asdict(release), "as_of_date": release.as_of_date.isoformat()}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _check(folder: Path, marts: Mapping[str, int]) -> None:
    """Open what was written as a reader would, and count."""
    with duckdb.connect(str(folder / DATABASE_FILE), read_only=True) as connection:
        for name, rows in marts.items():
            parquet = f"read_parquet({_literal(folder / 'marts' / f'{name}.parquet')})"
            for kind, relation in (("database", f"marts.{_name(name)}"), ("Parquet file", parquet)):
                found = _count(connection, relation)
                if found != rows:
                    raise mart_mismatch(name, rows, kind, folder, found)


def _sync(folder: Path) -> None:
    """Have the disk hold every file before a link points to them."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            _sync_folder(path)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _switch(warehouse_dir: Path, release_dir: Path) -> None:
    """Point `published` to the release in one step: a reader sees the old release or the new one."""
    link = warehouse_dir / f"{_UNFINISHED}published"
    link.symlink_to(release_dir.relative_to(warehouse_dir))
    link.replace(warehouse_dir / "published")
    _sync_folder(warehouse_dir)


def _remove_old(warehouse_dir: Path) -> None:
    """Keep the published release and the newest others, three in all."""
    current = (warehouse_dir / "published").resolve().name
    others = sorted(path for path in (warehouse_dir / "releases").iterdir() if path.name != current)
    for folder in others[: -(RELEASES_KEPT - 1)]:
        shutil.rmtree(folder)


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return row[0] if row else 0


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
