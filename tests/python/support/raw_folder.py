"""A raw folder in a temporary place, and the build database that it is landed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.loading import LoadError, LoadResult, land, open_build
from orchestration.settings import Settings

REQUIRED = {
    "accounts.csv": "account_id,account_name\na1,One\na2,Two\n",
    "plans.csv": "plan_id,product_id\np1,prod\n",
    "subscription_items.csv": (
        "subscription_item_id,subscription_id,account_id,plan_id,unit_price,billing_interval,valid_from\n"
        "i1,s1,a1,p1,10.50,month,2024-01-01\n"
    ),
}


@dataclass(frozen=True)
class Folder:
    """A raw folder `raw/` and a warehouse beside it."""

    root: Path

    @property
    def raw_dir(self) -> Path:
        return self.root / "raw"

    def write(self, name: str, content: str | bytes) -> Path:
        """Write one file of the raw folder; text is written as it is, in UTF-8."""
        path = self.raw_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def write_parquet(self, name: str, select: str) -> Path:
        """Write the result of a query as one Parquet file."""
        path = self.write(name, "")
        duckdb.connect().sql(select).write_parquet(str(path))
        return path

    def settings(self, csv_encoding: str = "auto", as_of_date: dt.date | None = None) -> Settings:
        return Settings(
            raw_dir=self.raw_dir,
            warehouse_dir=self.root / "warehouse",
            as_of_date=as_of_date,
            reporting_currency="JPY",
            reporting_timezone="Asia/Tokyo",
            csv_encoding=csv_encoding,
            dbt_target="duckdb",
        )

    def land(self, csv_encoding: str = "auto", run_id: str = "run-1") -> LoadResult:
        settings = self.settings(csv_encoding)
        with open_build(settings.build_path) as connection:
            return land(settings, connection, run_id)

    def refused(self, csv_encoding: str = "auto") -> str:
        """The sentences with which loading stops."""
        with pytest.raises(LoadError) as stop:
            self.land(csv_encoding)
        return str(stop.value)

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.settings().build_path), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def folder_with(root: Path, files: Mapping[str, str | bytes]) -> Folder:
    """A raw folder that holds `files`."""
    folder = Folder(root)
    folder.raw_dir.mkdir(parents=True)
    for name, content in files.items():
        folder.write(name, content)
    return folder
