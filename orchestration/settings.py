"""Every setting of a run, read once from the environment and `.env`."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

from orchestration.errors import ProjectError

PROJECT_DIR = Path(__file__).resolve().parent.parent
# As in profiles.yml.
DEFAULT_MEMORY = "4GB"
KEPT_RELEASES = 3


class SettingsError(ProjectError, ValueError):
    """A setting that cannot be used; the message says which, what was expected, and what to do."""


@dataclass(frozen=True)
class Settings:
    """One run's settings.

    Paths are absolute. `as_of_date` is None where the newest recorded date decides, `java_home` where Spark
    takes the `java` of the path. `is_dbts_own`: dbt typed by hand uses this warehouse and engine.
    `notify_urls` hold passwords and are never shown; `language` is that of notices, en or ja.
    `memory_limit`: what DuckDB may use, such as 4GB; what does not fit goes to `temporary_dir`.
    """

    raw_dir: Path | None
    warehouse_dir: Path
    as_of_date: dt.date | None
    reporting_currency: str
    reporting_timezone: str
    csv_encoding: str
    dbt_target: str
    java_home: Path | None = None
    is_dbts_own: bool = False
    memory_limit: str = DEFAULT_MEMORY
    temporary_dir: Path | None = None
    kept_releases: int = KEPT_RELEASES
    notify_urls: tuple[str, ...] = field(default=(), repr=False)
    language: str = "en"

    @property
    def build_path(self) -> Path:
        """The DuckDB file that dbt builds in; readers never open it."""
        return self.warehouse_dir / "build" / "cs_kpi.duckdb"

    @property
    def inputs_path(self) -> Path:
        """What the build database was loaded from."""
        return self.warehouse_dir / "build" / "inputs.json"

    @property
    def build_state_path(self) -> Path:
        """The run that published the build database last, and the file's size and time then."""
        return self.warehouse_dir / "build" / "state.json"

    @property
    def backtest_path(self) -> Path:
        """The last backtest of the health score, for runs in which nothing that it rests on is new."""
        return self.warehouse_dir / "build" / "backtest.json"

    @property
    def reports_dir(self) -> Path:
        """What people read beside the marts; a release takes a copy."""
        return self.warehouse_dir / "build" / "reports"

    @property
    def published_link(self) -> Path:
        """The symbolic link to the current release."""
        return self.warehouse_dir / "published"

    @property
    def duckdb_config(self) -> dict[str, Any]:
        """How DuckDB is opened: what profiles.yml states for dbt."""
        temporary = self.temporary_dir or self.warehouse_dir / "build" / "tmp"
        return {
            "memory_limit": self.memory_limit,
            "temp_directory": str(temporary),
            "autoinstall_known_extensions": "false",
        }

    @property
    def today(self) -> dt.date:
        """The current day in the reporting time zone: the one clock of the project."""
        return dt.datetime.now(ZoneInfo(self.reporting_timezone)).date()


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: `.env`, overruled by the process environment).

    Raises:
        SettingsError: a value cannot be used.
    """
    if environ is None:
        dotenv = {name: value for name, value in dotenv_values(PROJECT_DIR / ".env").items() if value}
        environ = {**dotenv, **os.environ}

    def value(name: str, default: str = "") -> str:
        return environ.get(name, "").strip() or default

    raw_dir = value("CSKPI_RAW_DIR")
    currency = value("CSKPI_REPORTING_CURRENCY", "USD").upper()
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise SettingsError(
            f"CSKPI_REPORTING_CURRENCY is {currency!r}; expected a three-letter ISO 4217 code, "
            "such as USD or JPY."
        )
    target = value("DBT_TARGET", "duckdb")
    if target not in ("duckdb", "spark"):
        raise SettingsError(f"DBT_TARGET is {target!r}; expected duckdb or spark.")
    warehouse_dir = _absolute(value("CSKPI_WAREHOUSE_DIR", "warehouse"))
    # profiles.yml reads the environment alone, not .env.
    of_dbt = (
        _absolute(os.environ.get("CSKPI_WAREHOUSE_DIR", "warehouse")),
        os.environ.get("DBT_TARGET", "duckdb"),
    )
    return Settings(
        raw_dir=_absolute(raw_dir) if raw_dir else None,
        warehouse_dir=warehouse_dir,
        as_of_date=_as_of_date(value("CSKPI_AS_OF_DATE")),
        reporting_currency=currency,
        reporting_timezone=_timezone(value("CSKPI_REPORTING_TIMEZONE", "UTC")),
        csv_encoding=_encoding(value("CSKPI_CSV_ENCODING", "utf-8")),
        dbt_target=target,
        java_home=Path(java_home) if (java_home := value("JAVA_HOME")) else None,
        is_dbts_own=of_dbt == (warehouse_dir, target),
        memory_limit=_memory(value("CSKPI_MEMORY_LIMIT", DEFAULT_MEMORY)),
        kept_releases=_kept(value("CSKPI_KEPT_RELEASES", str(KEPT_RELEASES))),
        notify_urls=tuple(value("CSKPI_NOTIFY_URLS").split()),
        language=_language(value("CSKPI_LANGUAGE", "en")),
        temporary_dir=_absolute(temporary) if (temporary := value("CSKPI_TEMPORARY_DIR")) else None,
    )


def _absolute(path: str) -> Path:
    return (PROJECT_DIR / Path(path).expanduser()).resolve()


def _as_of_date(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"CSKPI_AS_OF_DATE is {text!r}; expected a date such as 2024-12-31.") from None


def _memory(text: str) -> str:
    if not re.fullmatch(r"[0-9]+([.][0-9]+)? *[KMGT]i?B", text):
        raise SettingsError(f"CSKPI_MEMORY_LIMIT is {text!r}; expected an amount of memory such as 4GB.")
    return text


def _language(text: str) -> str:
    if text.lower() not in ("en", "ja"):
        raise SettingsError(f"CSKPI_LANGUAGE is {text!r}; expected en or ja.")
    return text.lower()


def _kept(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise SettingsError(f"CSKPI_KEPT_RELEASES is {text!r}; expected a number of releases such as 3.")
    return int(text)


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(
            f"CSKPI_REPORTING_TIMEZONE is {text!r}; expected an IANA name such as Asia/Tokyo or UTC."
        ) from None
    return text


def _encoding(text: str) -> str:
    try:
        "".encode(text)
    except LookupError:
        raise SettingsError(
            f"CSKPI_CSV_ENCODING is {text!r}; expected an encoding such as utf-8 or cp932."
        ) from None
    return text
