"""A company whose raw files change from night to night, and the usage models that grow with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from io import StringIO
from pathlib import Path
from shutil import copyfile

import duckdb

from orchestration.dbt.runner import Dbt
from orchestration.loading import LastLoad, inspect, land, open_build
from orchestration.settings import PROJECT_DIR, Settings

from .revenue_oracle import Row

# Everything that grows, and what is made of it up to the facts.
TARGETS = (
    "listed_product_events",
    "int_active_user_changes",
    "int_account_feature_months",
    "int_account_usage_months",
    "int_account_user_count_months",
    "int_onboarding_steps_reached",
)
# Numbers of users depend on the order in which users appear: rows are compared by their account and user.
NUMBERED = ("int_user_event_days", "int_shared_session_days")
# What an increment says of itself, or reads: a full build says nothing there, or reads more.
OF_INCREMENTS = (
    "touched_",
    "replaced_",
    "changed_",
    "int_touched_",
    "int_changed_",
    "int_usage_users",
    "int_neighbouring_",
    "int_vanished_",
)

Files = Mapping[str, Sequence[Row]]


@dataclass
class Night:
    """A raw folder and a build database that every night adds to, up to the models `targets`."""

    folder: Path
    timezone: str = "UTC"
    written: dict[str, str] = field(default_factory=dict)
    last_as_of: dt.date | None = None
    targets: Sequence[str] = TARGETS

    def run(self, files: Files, as_of: dt.date, *, full: bool = False) -> None:
        """Deliver these files, land what changed, and build."""
        texts = {name: as_csv(rows) for name, rows in files.items()}
        raw = self.folder / "raw"
        raw.mkdir(exist_ok=True)
        for name in self.written.keys() - texts.keys():
            (raw / name).unlink()
        for name, text in texts.items():
            (raw / name).parent.mkdir(parents=True, exist_ok=True)
            write(raw / name, text)
        before = None
        if self.last_as_of is not None and not full:
            unchanged = {name for name, text in texts.items() if self.written.get(name) == text}
            before = LastLoad(self.last_as_of, unchanged)
        settings = Settings(
            raw_dir=raw,
            warehouse_dir=self.folder,
            as_of_date=as_of,
            reporting_currency="USD",
            reporting_timezone=self.timezone,
            csv_encoding="utf-8",
            dbt_target="duckdb",
        )
        if before is None:
            settings.build_path.unlink(missing_ok=True)
        with open_build(settings.build_path) as connection:
            land(settings, connection, "run", inspection=inspect(settings, before=before))
        selection = [f"+{target}" for target in self.targets]
        dbt = replace(parsed(), warehouse_dir=self.folder)
        dbt.target_dir.mkdir(exist_ok=True)
        copyfile(parsed().manifest_path, dbt.manifest_path)
        results = dbt.build(["--select", *selection, "--exclude", "resource_type:test"])
        failed = [f"{result.name}: {result.message}" for result in results if not result.is_good]
        assert not failed, "\n".join(failed)
        self.written, self.last_as_of = texts, as_of

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What a query of the build database gives."""
        with duckdb.connect(str(self.folder / "build" / "cs_kpi.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()


def differences(night: Night, other: Night) -> list[str]:
    """The tables of two builds whose rows are not the same, each with one row that only one has."""
    found = []
    with duckdb.connect() as connection:
        for name, each in (("left", night), ("right", other)):
            path = each.folder / "build" / "cs_kpi.duckdb"
            connection.execute(f"attach '{path}' as \"{name}\" (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'left' "
            "and schema_name in ('staging', 'intermediate') order by all"
        ).fetchall()
        for schema, table in tables:
            if table.startswith(OF_INCREMENTS):
                continue
            for one, another in (("left", "right"), ("right", "left")):
                rows = [rows_of(table, f'"{build}".{schema}') for build in (one, another)]
                row = connection.execute(" except all ".join(rows)).fetchone()
                if row and table != "int_settings":
                    found.append(f"{table}, only {one}: {row}")
    return found


def rows_of(table: str, schema: str) -> str:
    """The query of a table's rows, with names instead of numbers."""
    if table not in NUMBERED:
        return f"select * from {schema}.{table}"
    return (
        "select users.account_id, users.user_id, days.* exclude (usage_user_key) "
        f"from {schema}.{table} as days inner join {schema}.int_usage_users as users using (usage_user_key)"
    )


def write(path: Path, csv: str) -> None:
    """Write a CSV file, or its rows as Parquet in the types that its values look like."""
    if path.suffix == ".csv":
        path.write_text(csv, encoding="utf-8")
        return
    with duckdb.connect() as connection:
        connection.read_csv(StringIO(csv)).write_parquet(str(path))


@cache
def parsed() -> Dbt:
    """The project, parsed once for all builds."""
    dbt = Dbt(PROJECT_DIR, PROJECT_DIR / "target" / "parsed_for_tests")
    dbt.parse()
    return dbt


def as_csv(rows: Sequence[Row]) -> str:
    """The rows as a CSV file; a value that a row lacks is empty."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [",".join(columns)]
    lines += [",".join(str(row.get(column) or "") for column in columns) for row in rows]
    return "\n".join(lines) + "\n"
