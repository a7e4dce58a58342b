"""The companies that are measured, and what a night brings them: one more day, one late row."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.loading.contract import SOURCES_PATH
from orchestration.release.releases import literal
from orchestration.settings import PROJECT_DIR
from simulator import SIZES, SimulatorConfig, read_contract, simulate
from simulator.simulation import MARK

EXAMPLE = "example"
_EXAMPLE_RAW_DIR = PROJECT_DIR / "examples" / "worked_example"
_EXAMPLE_AS_OF = dt.date(2024, 6, 30)


@dataclass(frozen=True)
class _Dated:
    """A table whose rows arrive day by day.

    `starts`: the time of the row, which says when it arrived where `recorded_at` does not. `ends`: a later
    time that the source writes into the same row, and the columns that it fills with it.
    """

    starts: str
    ends: tuple[str, ...] = ()


_DATED = {
    "accounts": _Dated("created_at"),
    "users": _Dated("created_at", ("deactivated_at",)),
    "subscription_items": _Dated("valid_from", ("valid_to",)),
    "fx_rates": _Dated("rate_date"),
    "contracts": _Dated(
        "started_at", ("decided_at", "outcome", "renewed_mrr", "notice_given_at", "renewal_stage")
    ),
    "cancellations": _Dated("cancelled_at"),
    "product_events": _Dated("occurred_at"),
    "support_tickets": _Dated("opened_at", ("resolved_at",)),
    "survey_responses": _Dated("responded_at"),
    "cs_activities": _Dated("occurred_at"),
    "opportunities": _Dated("created_at", ("closed_at", "outcome")),
    "reviews": _Dated("posted_at"),
    "feature_requests": _Dated("created_at", ("shipped_at",)),
    "feature_request_reactions": _Dated("reacted_at"),
    "usage_gauges": _Dated("measured_on"),
    "customer_goals": _Dated("set_at", ("achieved_at", "achieved_value")),
    "leads": _Dated("created_at", ("won_at",)),
    "work_item_feedback": _Dated("given_at"),
    "account_assignments": _Dated("valid_from", ("valid_to",)),
}


@dataclass(frozen=True)
class Company:
    """A company to measure.

    `raw_dir` is where runs begin: the day before `last_day` where there are `deliveries`, folders of files to
    add, by the name of the step that adds them. `rows` counts the raw rows when all was added.
    """

    name: str
    raw_dir: Path
    last_day: dt.date
    deliveries: dict[str, Path]
    rows: int

    def begin(self, folder: Path) -> Path:
        """A raw folder of a run's own inside `folder`; an earlier one is replaced."""
        raw_dir = folder / "raw"
        shutil.rmtree(raw_dir, ignore_errors=True)
        add_files(self.raw_dir, raw_dir)
        return raw_dir


def company_of(size: str, folder: Path) -> Company:
    """The company of a size of the simulator, made in `folder` where it is not there yet; or the example."""
    if size == EXAMPLE:
        return Company(EXAMPLE, _EXAMPLE_RAW_DIR, _EXAMPLE_AS_OF, {}, _csv_rows(_EXAMPLE_RAW_DIR))
    return simulated_company(size, SIZES[size], folder)


def simulated_company(name: str, config: SimulatorConfig, folder: Path) -> Company:
    """Simulate into `folder` and take the last day apart; what is there from the same settings is kept."""
    mark = folder / "company" / MARK
    if not mark.exists() or not _is_of(config, mark):
        shutil.rmtree(folder, ignore_errors=True)
        simulate(config, read_contract(SOURCES_PATH), mark.parent)
    nights = folder / "nights"
    if not nights.exists():
        take_last_day_apart(mark.parent / "raw", nights, config.end_date)
    rows = _parquet_rows(nights)
    deliveries = {"one more day": nights / "one_more_day", "one late row": nights / "one_late_row"}
    return Company(name, nights / "day_before", config.end_date, deliveries, rows)


def add_files(source: Path, raw_dir: Path) -> None:
    """Add the files of one folder to another, where it can be without a copy of their bytes."""
    for path in _files(source):
        target = raw_dir / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.hardlink_to(path)
        except OSError:  # another file system
            shutil.copy2(path, target)


def take_last_day_apart(raw_dir: Path, out_dir: Path, last_day: dt.date) -> None:
    """Write the raw folder as it was the day before (`day_before`) and what came after it.

    `one_more_day` has one new file per table with the rows recorded on the last day or later. A row that
    began before and ended on the last day has an earlier version, without its end, the day before.
    `one_late_row` has one product event of a year ago.
    """
    partial = out_dir.with_name(out_dir.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    before, after, late = (partial / name for name in ("day_before", "one_more_day", "one_late_row"))
    with duckdb.connect() as connection:
        for table, files in _tables(raw_dir):
            dated = _DATED.get(table)
            touched = [file for file in files if dated and _arrivals(connection, dated, [file], last_day)]
            for file in files:
                # A table that gets a second file is a folder.
                folder = before / table if touched else before / file.parent.relative_to(raw_dir)
                folder.mkdir(parents=True, exist_ok=True)
                if dated and file in touched:
                    _write(connection, _known_before(dated, file, last_day), folder / file.name)
                else:
                    (folder / file.name).hardlink_to(file)
            if dated and touched:
                target = after / table / f"{last_day}.parquet"
                target.parent.mkdir(parents=True)
                _write(connection, _arrived(dated, touched, last_day), target)
        events = _files_of(raw_dir / "product_events")
        _write_late_event(connection, events, late / "product_events" / f"{last_day}_late.parquet", last_day)
    partial.rename(out_dir)


def _arrives(dated: _Dated, last_day: dt.date) -> str:
    """The condition of a row that was recorded on the last day or later."""
    return f"coalesce(cast(coalesce(recorded_at, {dated.starts}) as date) >= date '{last_day}', false)"


def _arrivals(
    connection: duckdb.DuckDBPyConnection, dated: _Dated, files: Iterable[Path], last_day: dt.date
) -> int:
    found = connection.execute(f"select count(*) from ({_arrived(dated, files, last_day)})").fetchone()
    return found[0] if found else 0


def _arrived(dated: _Dated, files: Iterable[Path], last_day: dt.date) -> str:
    return f"select * from {_read(files)} where {_arrives(dated, last_day)}"


def _known_before(dated: _Dated, file: Path, last_day: dt.date) -> str:
    known = f"select * from {_read([file])} where not {_arrives(dated, last_day)}"
    if not dated.ends:
        return known
    blanked = ", ".join(f"null as {column}" for column in dated.ends)
    return f"""
        {known}
        union all
        select * replace ({blanked}, {dated.starts} as recorded_at)
        from {_read([file])}
        where
            {_arrives(dated, last_day)}
            and cast({dated.starts} as date) < date '{last_day}'
            and cast({dated.ends[0]} as date) >= date '{last_day}'
    """


def _write_late_event(
    connection: duckdb.DuckDBPyConnection, events: Iterable[Path], path: Path, last_day: dt.date
) -> None:
    """One more event of an account that used the product a year ago, or else as long ago as it goes."""
    path.parent.mkdir(parents=True)
    year_ago = last_day - dt.timedelta(days=365)
    _write(
        connection,
        f"""
        select * replace ('late-event' as event_id)
        from {_read(events)}
        where account_id is not null and event_name is not null and occurred_at is not null
        order by abs(date_diff('second', occurred_at, timestamp '{year_ago} 12:00:00')), event_id
        limit 1
        """,
        path,
    )


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"copy ({query}) to {literal(path)} (format parquet, compression zstd)")


def _read(files: Iterable[Path]) -> str:
    return f"read_parquet([{', '.join(literal(file) for file in files)}])"


def _tables(raw_dir: Path) -> Iterator[tuple[str, list[Path]]]:
    for entry in sorted(raw_dir.iterdir()):
        yield entry.stem, _files_of(entry)


def _files_of(entry: Path) -> list[Path]:
    return [*_files(entry)] if entry.is_dir() else [entry]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _parquet_rows(folder: Path) -> int:
    with duckdb.connect() as connection:
        files = ", ".join(literal(file) for file in _files(folder))
        found = connection.execute(
            f"select sum(num_rows)::bigint from parquet_file_metadata([{files}])"
        ).fetchone()
    return found[0] if found else 0


def _csv_rows(folder: Path) -> int:
    with duckdb.connect() as connection:
        counts = [
            connection.execute("select count(*) from read_csv(?, header = true)", [str(file)]).fetchone()
            for file in folder.glob("*.csv")
        ]
    return sum(count[0] for count in counts if count)


def _is_of(config: SimulatorConfig, mark: Path) -> bool:
    settings = json.loads(mark.read_text(encoding="utf-8"))
    return all(
        settings.get(name) == getattr(config, name)
        for name in ("accounts", "months", "events", "seed", "untidy", "scenario")
    )
