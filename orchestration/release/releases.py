"""A release: the marts that passed every check, in a folder of its own, behind one link.

<warehouse>/releases/<id>/cs_kpi.duckdb        schema marts alone; not on Spark
<warehouse>/releases/<id>/marts/<mart>.parquet a file; a folder of files on Spark and for a mart of many rows
<warehouse>/releases/<id>/reports/*            what people read, such as the backtest of the health score
<warehouse>/releases/<id>/release.json
<warehouse>/published -> releases/<id>
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb
import yaml

from orchestration.demo import DEMO_DIR
from orchestration.errors import WarehouseError
from orchestration.release.history import HISTORY_MARTS, parquet_rows, restored_history
from orchestration.release.inputs import Inputs
from orchestration.settings import Settings

DATABASE_FILE = "cs_kpi.duckdb"
# What people read beside the marts.
REPORTS = "reports"
MANIFEST_FILE = "release.json"


@dataclass(frozen=True)
class Origin:
    """What a warehouse is built from. One warehouse keeps to one of each."""

    raw_dir: str
    reporting_currency: str
    reporting_timezone: str
    customer_level: str

    @classmethod
    def of(cls, settings: Settings, project_dir: Path) -> Origin:
        """What these settings and the `vars` of dbt_project.yml build a warehouse from."""
        project = yaml.safe_load((project_dir / "dbt_project.yml").read_text(encoding="utf-8"))
        return cls(
            raw_dir=str(settings.raw_dir),
            reporting_currency=settings.reporting_currency,
            reporting_timezone=settings.reporting_timezone,
            customer_level=str(project["vars"]["customer_level"]),
        )


@dataclass(frozen=True)
class Release:
    """One published release: what `release.json` holds.

    `marts` gives the rows of each mart, `inputs` what they were made from.
    """

    release_id: str
    run_id: str
    as_of_date: dt.date
    origin: Origin
    marts: Mapping[str, int] = field(default_factory=dict)
    inputs: Inputs = field(default_factory=Inputs)


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
        WarehouseError: `published` leads nowhere, or `release.json` cannot be read.
    """
    link = warehouse_dir / "published"
    # One release without a link may come from a first run that was killed before its last step.
    if not link.is_symlink() and not link.exists() and len(kept_releases(warehouse_dir)) < 2:
        return None
    if link.exists() and not link.is_symlink():
        raise WarehouseError(
            f"{link} is a {'folder' if link.is_dir() else 'file'}, not the link to a release that a run "
            f"switches. Move it away. {_how_to_restore(warehouse_dir)}"
        )
    if not (link / MANIFEST_FILE).exists():
        raise WarehouseError(
            f"{link} leads to no release, so that history would begin anew. {_how_to_restore(warehouse_dir)}"
        )
    return read_release(link)


def kept_releases(warehouse_dir: Path) -> list[str]:
    """The ids of the whole releases that are there, the oldest first."""
    found = (warehouse_dir / "releases").glob(f"*/{MANIFEST_FILE}")
    return sorted(path.parent.name for path in found if not path.parent.name.startswith("."))


def read_release(folder: Path) -> Release:
    """The release whose manifest is in the folder.

    Raises:
        WarehouseError: `release.json` is missing or cannot be read.
    """
    path = folder / MANIFEST_FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Release(
            release_id=content["release_id"],
            run_id=content["run_id"],
            as_of_date=dt.date.fromisoformat(content["as_of_date"]),
            origin=Origin(**content["origin"]),
            marts=content["marts"],
            # Releases of before this was recorded have none, so that the next run builds.
            inputs=Inputs.from_json(content["inputs"]) if "inputs" in content else Inputs(),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WarehouseError(
            f"{path} is not a release's manifest ({error}); put the file back, "
            f"or use another CSKPI_WAREHOUSE_DIR or `make clean`."
        ) from error


def rows_of_history(history: Path) -> int:
    """How many rows a history holds; every page is read.

    Raises:
        duckdb.Error: it is missing or broken.
    """
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        # Counting alone would read the end of the file and no page.
        query = f"select count(*), bit_xor(hash(rows)) from {parquet_rows(history)} as rows"
        found = connection.execute(query).fetchall()
    return found[0][0]


def refuse_broken_history(release: Release, paths: Mapping[str, Path], warehouse_dir: Path) -> None:
    """Stop where history that a release published cannot be read: raw data cannot give it again.

    `paths` says where each of HISTORY_MARTS is.

    Raises:
        WarehouseError: one is missing, broken or shorter than it was published.
    """
    for mart in sorted(HISTORY_MARTS.keys() & release.marts.keys()):
        path = paths[mart]
        try:
            found = rows_of_history(path)
        except duckdb.Error as error:
            problem = f"cannot be read ({str(error).splitlines()[0]})"
        else:
            # A backup that was taken back may be older than the release.
            if found >= release.marts[mart] or path == restored_history(warehouse_dir, mart):
                continue
            problem = f"has {found} rows, but {release.marts[mart]} were published"
        raise WarehouseError(
            f"The history {path} {problem}, and raw data cannot give it again. "
            f"{_how_to_restore(warehouse_dir)}"
        )


def _how_to_restore(warehouse_dir: Path) -> str:
    kept = ", ".join(reversed(kept_releases(warehouse_dir)))
    step_back = f"`make restore RELEASE=…` steps to one that is there ({kept}); " if kept else ""
    return (
        f"{step_back}`make restore BACKUP=<folder>` takes the history of a backup; "
        "`make clean` begins without history."
    )


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


def is_demo(release: Release) -> bool:
    """Whether the release is of the demo, which gets no newer input."""
    return release.origin.raw_dir == str(DEMO_DIR / "raw")


def staleness(release: Release, today: dt.date) -> str | None:
    """What to say of an as-of date before yesterday; None of a later one, and of the demo, which stays."""
    days = (today - release.as_of_date).days
    if days <= 1 or is_demo(release):
        return None
    return (
        f"The as-of date {release.as_of_date} is {days} days before today ({today}): nothing newer was "
        "accepted, or CSKPI_AS_OF_DATE is set. Check that every source still delivers."
    )


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
            files = f"read_parquet({literal(folder / '*.parquet')})"
            connection.execute(f"create view marts.{quoted(folder.stem)} as from {files}")
        yield connection


def literal(value: object) -> str:
    """The value as a string of DuckDB's SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def quoted(identifier: str) -> str:
    """The name as an identifier of DuckDB's SQL."""
    return '"' + identifier.replace('"', '""') + '"'
