"""A schema of Postgres as the raw folder: psql copies its tables into CSV files, and these are read."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from orchestration.loading.contract import ERASURES, Contract
from orchestration.loading.errors import LoadError

_COLUMNS = (
    "select table_name, column_name from information_schema.columns where table_schema = {schema} "
    "order by table_name, ordinal_position"
)
# Values as the contract reads them, whatever the server is set to.
_SPELLED = (
    "set client_encoding = 'UTF8'",
    "set timezone = 'UTC'",
    "set datestyle = 'ISO'",
    "set intervalstyle = 'iso_8601'",
)


def copy_schema(source: str, folder: Path, contract: Contract) -> None:
    """Copy the tables of the contract from the schema that an address names into a folder.

    A file whose rows are the same stays as it is; files of tables that are gone are removed.

    Raises:
        LoadError: there is no psql, the server refuses, or the schema has no table of the contract.
    """
    if shutil.which("psql") is None:
        raise LoadError(
            "CSKPI_RAW_DIR is a schema of Postgres, which takes psql, and it is not installed: "
            "`apt-get install postgresql-client`, or copy the tables into a folder of CSV files."
        )
    address, schema = _parts(source)
    wanted = {table.name: table for table in (*contract.tables, ERASURES)}
    found: dict[str, list[str]] = {}
    for line in _psql(address, _COLUMNS.format(schema=_quoted(schema, "'"))).decode().splitlines():
        table, _, column = line.partition("|")
        if table in wanted:
            found.setdefault(table, []).append(column)
    if not found:
        raise LoadError(
            f"The schema {schema} of {address} has no table of the contract; expected at least accounts, "
            "plans and subscription_items, as tables or views. docs/inputs.md lists their columns."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for table, columns in found.items():
        key = [f'"{name}"' for name in wanted[table].key if name in columns]
        # In the order of the key, so that the same rows are the same file.
        order = f" order by {', '.join(key)}" if key else ""
        relation = f"{_quoted(schema, chr(34))}.{_quoted(table, chr(34))}"
        rows = _psql(address, f"copy (select * from {relation}{order}) to stdout with (format csv, header)")
        path = folder / f"{table}.csv"
        if not path.exists() or path.read_bytes() != rows:
            _write(path, rows)
    for path in folder.glob("*.csv"):
        if path.stem not in found:
            path.unlink()


def _write(path: Path, rows: bytes) -> None:
    copy = path.with_name(f".{path.name}.tmp")
    copy.write_bytes(rows)
    copy.replace(path)


def _parts(source: str) -> tuple[str, str]:
    """The address for psql, and the schema, which is a parameter of ours."""
    url = urlsplit(source)
    parameters = parse_qsl(url.query)
    schema = dict(parameters).get("schema", "public")
    query = urlencode([(name, value) for name, value in parameters if name != "schema"])
    return urlunsplit(url._replace(query=query)), schema


def _psql(address: str, query: str) -> bytes:
    commands = [part for command in (*_SPELLED, query) for part in ("--command", command)]
    ended = subprocess.run(
        [
            "psql",
            *("--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--no-password"),
            *("--set", "ON_ERROR_STOP=1", "--dbname", address, *commands),
        ],
        capture_output=True,
        check=False,
    )
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").strip().splitlines() or ["psql ended without a word"]
        raise LoadError(
            f"{address} cannot be read: {said[0]}. A password belongs into ~/.pgpass or PGPASSWORD."
        )
    return ended.stdout


def _quoted(name: str, mark: str) -> str:
    return mark + name.replace(mark, 2 * mark) + mark
