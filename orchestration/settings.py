"""Every setting of a run, read once from the environment and `.env`."""

from __future__ import annotations

import codecs
import datetime as dt
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

from orchestration.errors import ProjectError

PROJECT_DIR = Path(__file__).resolve().parent.parent
# As in profiles.yml.
DEFAULT_MEMORY = "4GB"
# DuckDB cannot open the build database with much less.
SMALLEST_MEMORY_KB = 100_000
KEPT_RELEASES = 3
CLOSE_DAY = 5
# What says, beside the raw files, how those that are not as the contract says become so.
MAPPING_FILE = "mapping.yml"
_UNUSABLE_IN_DATABASES = frozenset("?#'\"")
# Shorter salts can be found by trying.
_SHORTEST_SALT = 16


class SettingsError(ProjectError, ValueError):
    """A setting that cannot be used; the message says which, what was expected, and what to do."""


# What raw files are copied from: the schemes of addresses of object stores, and of Postgres.
OBJECT_STORES = ("s3", "gs", "gcs", "r2")
_POSTGRES = ("postgres", "postgresql")


@dataclass(frozen=True)
class Settings:
    """One run's settings.

    Paths are absolute. `as_of_date` is None where the newest recorded date decides, `java_home` where Spark
    takes the `java` of the path. `is_dbts_own`: dbt typed by hand uses this warehouse and engine.
    `close_day`: the day of the next month on which a month closes.
    `notify_urls` hold passwords and are never shown; `language` of notices and explanations is en or ja.
    `memory_limit`: what DuckDB may use, such as 4GB; what does not fit goes to `temporary_dir`.
    `raw_source`: the Postgres schema or folder of an object store that `raw_dir` is a copy of, else empty.
    `hash_pii`: columns that contain PII hold hashes with `hash_salt`, which erasures need too.
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
    close_day: int = CLOSE_DAY
    hash_pii: bool = False
    hash_salt: str = field(default="", repr=False)
    notify_urls: tuple[str, ...] = field(default=(), repr=False)
    language: str = "en"
    raw_source: str = ""

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
    def erasures_path(self) -> Path:
        """Who was erased, as salted hashes, and the tokens that stand for them."""
        return self.warehouse_dir / "erasures.json"

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
    def now(self) -> dt.datetime:
        """The current time in UTC, without a zone."""
        return dt.datetime.now(dt.UTC).replace(tzinfo=None)

    @property
    def closing_date(self) -> dt.date:
        """The newest close day that is over: as of it, figures of the month before are first reported."""
        return newest_close(self.today, self.close_day)

    @property
    def today(self) -> dt.date:
        """The current day in the reporting time zone: the one clock of the project."""
        return dt.datetime.now(ZoneInfo(self.reporting_timezone)).date()


def newest_close(today: dt.date, close_day: int) -> dt.date:
    """The newest day `close_day` of a month before `today`."""
    month = today if today.day > close_day else today.replace(day=1) - dt.timedelta(1)
    return month.replace(day=close_day)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: `.env`, overruled by the process environment).

    Raises:
        SettingsError: a value cannot be used.
    """
    if environ is None:
        dotenv = {name: value for name, value in dotenv_values(PROJECT_DIR / ".env").items() if value}
        environ = {**dotenv, **os.environ}

    asked = set()

    def value(name: str, default: str = "") -> str:
        asked.add(name)
        return environ.get(name, "").strip() or default

    raw_dir, temporary_dir = value("CSKPI_RAW_DIR"), value("CSKPI_TEMPORARY_DIR")
    currency = value("CSKPI_REPORTING_CURRENCY", "USD").upper()
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise SettingsError(
            f"CSKPI_REPORTING_CURRENCY is {currency!r}; expected a three-letter ISO 4217 code, "
            "such as USD or JPY."
        )
    target = value("DBT_TARGET", "duckdb")
    if target not in ("duckdb", "spark"):
        raise SettingsError(f"DBT_TARGET is {target!r}; expected duckdb or spark.")
    warehouse_dir = _absolute("CSKPI_WAREHOUSE_DIR", value("CSKPI_WAREHOUSE_DIR", "warehouse"))
    # profiles.yml reads the environment alone, not .env.
    of_dbt = (
        _absolute("CSKPI_WAREHOUSE_DIR", os.environ.get("CSKPI_WAREHOUSE_DIR", "warehouse")),
        os.environ.get("DBT_TARGET", "duckdb"),
    )
    raw_source = _raw_source(raw_dir)
    if raw_source:
        digest = hashlib.sha256(raw_source.encode()).hexdigest()[:12]
        raw_dir = str(warehouse_dir.with_name(f"{warehouse_dir.name}.raw") / digest)
    settings = Settings(
        raw_dir=_absolute("CSKPI_RAW_DIR", raw_dir) if raw_dir else None,
        raw_source=raw_source,
        warehouse_dir=warehouse_dir,
        as_of_date=_as_of_date(value("CSKPI_AS_OF_DATE")),
        reporting_currency=currency,
        reporting_timezone=_timezone(value("CSKPI_REPORTING_TIMEZONE", "UTC")),
        csv_encoding=_encoding(value("CSKPI_CSV_ENCODING", "auto")),
        dbt_target=target,
        java_home=Path(java_home) if (java_home := value("JAVA_HOME")) else None,
        is_dbts_own=of_dbt == (warehouse_dir, target),
        memory_limit=_memory(value("CSKPI_MEMORY_LIMIT", DEFAULT_MEMORY)),
        kept_releases=_kept(value("CSKPI_KEPT_RELEASES", str(KEPT_RELEASES))),
        close_day=_close_day(value("CSKPI_CLOSE_DAY", str(CLOSE_DAY))),
        temporary_dir=_absolute("CSKPI_TEMPORARY_DIR", temporary_dir) if temporary_dir else None,
        hash_pii=_hash_pii(value("CSKPI_HASH_PII", "false"), value("CSKPI_HASH_SALT"), target),
        hash_salt=_salt(value("CSKPI_HASH_SALT")),
        notify_urls=tuple(value("CSKPI_NOTIFY_URLS").split()),
        language=_language(value("CSKPI_LANGUAGE", "en")),
    )
    for name in sorted(environ):
        if name.startswith("CSKPI_") and name not in asked:
            near = "".join(
                f" (did you mean {found}?)" for found in get_close_matches(name, sorted(asked), n=1)
            )
            raise SettingsError(f"{name} is no setting{near}; correct its name, or remove it.")
    return settings


def _absolute(name: str, path: str) -> Path:
    if any("\ud800" <= character <= "\udfff" for character in path):
        raise SettingsError(f"{name} is {os.fsencode(path)!r}; expected a path in UTF-8.")
    try:
        found = (PROJECT_DIR / Path(path).expanduser()).resolve()
    except (RuntimeError, OSError) as error:
        raise SettingsError(
            f"{name} is {path!r}, which leads nowhere ({error}); expected a folder, absolute or inside "
            f"{PROJECT_DIR}. Check its links and the name after ~."
        ) from None
    # DuckDB and dbt read the path of a database like an address, and put its name into SQL.
    if name == "CSKPI_WAREHOUSE_DIR" and not _UNUSABLE_IN_DATABASES.isdisjoint(str(found)):
        raise SettingsError(
            f"{name} is {str(found)!r}; expected a folder without ?, # or quotes in its path."
        )
    return found


def _raw_source(text: str) -> str:
    """The address of a Postgres schema or of a folder of an object store; empty for a folder."""
    scheme, mark, _ = text.partition("://")
    if not mark:
        return ""
    if scheme not in (*OBJECT_STORES, *_POSTGRES):
        raise SettingsError(
            f"CSKPI_RAW_DIR is {text!r}; expected a folder, one of an object store such as "
            "s3://bucket/exports, or a schema of Postgres such as "
            "postgresql://user@host/database?schema=exports."
        )
    if urlsplit(text).password is not None:
        raise SettingsError(
            "CSKPI_RAW_DIR has a password in it, which logs would show: "
            "write it into ~/.pgpass or PGPASSWORD."
        )
    return text


def _as_of_date(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"CSKPI_AS_OF_DATE is {text!r}; expected a date such as 2024-12-31.") from None


def _memory(text: str) -> str:
    match = re.fullmatch(r"([0-9]{1,9}(?:[.][0-9]+)?) *([KMGT])i?B", text)
    if not match or float(match[1]) * 1000 ** "KMGT".index(match[2]) < SMALLEST_MEMORY_KB:
        raise SettingsError(
            f"CSKPI_MEMORY_LIMIT is {text!r}; expected an amount of memory such as 4GB, at least 100MB."
        )
    return text


def _language(text: str) -> str:
    if text.lower() not in ("en", "ja"):
        raise SettingsError(f"CSKPI_LANGUAGE is {text!r}; expected en or ja.")
    return text.lower()


def _kept(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise SettingsError(f"CSKPI_KEPT_RELEASES is {text!r}; expected a number of releases such as 3.")
    return int(text)


def _close_day(text: str) -> int:
    # To 27, because the schedule runs on the day after, which every month has.
    if not re.fullmatch(r"[1-9]|1[0-9]|2[0-7]", text):
        raise SettingsError(f"CSKPI_CLOSE_DAY is {text!r}; expected a day of the month from 1 to 27.")
    return int(text)


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    # A part of a name, such as Asia, is a folder of the list of zones.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"CSKPI_REPORTING_TIMEZONE is {text!r}; expected an IANA name such as Asia/Tokyo or UTC."
        ) from None
    return text


def _encoding(text: str) -> str:
    if text.lower() == "auto":
        return "auto"
    header = "user_id\n"
    try:
        # `undefined` and `idna` are codecs of Python that no file is written in.
        is_usable = codecs.getincrementaldecoder(text)().decode(header.encode(text)) == header
    except (LookupError, ValueError):
        is_usable = False
    if not is_usable:
        raise SettingsError(
            f"CSKPI_CSV_ENCODING is {text!r}; expected an encoding such as utf-8 or cp932, or auto."
        )
    return text


def _hash_pii(text: str, salt: str, target: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise SettingsError(f"CSKPI_HASH_PII is {text!r}; expected true or false.")
    if text.lower() == "false":
        return False
    if not salt:
        raise SettingsError(
            "CSKPI_HASH_PII=true needs CSKPI_HASH_SALT: a secret text of at least "
            f"{_SHORTEST_SALT} characters, kept outside the warehouse. `openssl rand -hex 32` makes one."
        )
    if target == "spark":
        raise SettingsError(
            "CSKPI_HASH_PII=true works on DuckDB alone: with DBT_TARGET=spark nothing would be hashed. "
            "Use DBT_TARGET=duckdb, or remove CSKPI_HASH_PII."
        )
    return True


def _salt(text: str) -> str:
    if text and len(text) < _SHORTEST_SALT:
        raise SettingsError(
            f"CSKPI_HASH_SALT has {len(text)} characters; expected at least {_SHORTEST_SALT}: "
            "ids behind a short salt can be found by trying."
        )
    return text
