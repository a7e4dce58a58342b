"""Taking erased accounts and users out of what a warehouse keeps: releases, history, reports and logs.

Files are written anew and the old ones removed: DuckDB and SQLite leave bytes of changed rows in their files.
A run that is killed on the way does it once more, because the list is marked last.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import markupsafe

from orchestration.engines.duckdb_marts import STORAGE_VERSION
from orchestration.errors import WarehouseError
from orchestration.loading.inspection import scratch_path
from orchestration.privacy.erasures import Privacy, privacy_of, save_erasures
from orchestration.privacy.hashing import is_token
from orchestration.privacy.marts import mart_pii
from orchestration.privacy.protection import Relation, protected
from orchestration.release.history import HISTORY_MARTS, parquet_rows, published_mart, restored_dir
from orchestration.release.publishing import mart_mismatch, remove_leftovers, switch
from orchestration.release.releases import (
    DATABASE_FILE,
    MANIFEST_FILE,
    REPORTS,
    kept_releases,
    literal,
    quoted,
)
from orchestration.settings import Settings

_UNFINISHED = ".unfinished-"
# Raw rows and values in text say whose they are in these keys.
_IN_RAW_ROWS: Mapping[str, str | None] = {"account_id": "account", "user_id": "user"}

# Marts of the input whose texts may name anyone, without saying whose row it is.
_OF_ANYONE = ("input_warnings", "load_report")


def is_to_purge(settings: Settings) -> bool:
    """Whether kept files may still name someone who was erased."""
    return not privacy_of(settings).erasures.is_purged


def purge(settings: Settings) -> Sequence[str]:
    """Write releases and history anew without who was erased, and remove logs; ids of changed releases.

    The caller holds the warehouse. `finish` marks it done, once Dagster's history is purged too.

    Raises:
        WarehouseError: a release cannot be read.
    """
    warehouse_dir = settings.warehouse_dir
    remove_leftovers(warehouse_dir)
    privacy = privacy_of(settings)
    changed = []
    for name in kept_releases(warehouse_dir):
        privacy, is_changed = _purge_release(settings, name, privacy)
        if is_changed:
            changed.append(name)
    for mart in HISTORY_MARTS:
        for history in sorted((warehouse_dir / "history").glob(f"*/{mart}.parquet")):
            privacy = _purge_history(mart, history, privacy)
    save_erasures(settings, privacy.erasures)
    left_by_killed_runs = (*settings.build_path.parent.glob("*.new.duckdb*"), scratch_path(settings))
    logs = (*(warehouse_dir / "logs").glob("*.log*"), warehouse_dir / "target" / "run_results.json")
    for path in (*left_by_killed_runs, *logs):
        path.unlink(missing_ok=True)
    shutil.rmtree(warehouse_dir / "build" / "tmp", ignore_errors=True)
    return changed


def finish(settings: Settings) -> None:
    """Remember that nothing kept names who was erased."""
    save_erasures(settings, replace(privacy_of(settings).erasures, is_purged=True))


def _purge_release(settings: Settings, name: str, privacy: Privacy) -> tuple[Privacy, bool]:
    releases = settings.warehouse_dir / "releases"
    before, after = releases / name, releases / _next_name(name)
    if after.exists():  # A run was killed before it removed the old one.
        _replace(settings.warehouse_dir, before, after)
        return privacy, True
    unfinished = releases / f"{_UNFINISHED}{after.name}"
    (unfinished / "marts").mkdir(parents=True)
    try:
        with duckdb.connect(config=settings.duckdb_config) as connection:
            connection.execute(f"attach {literal(before / DATABASE_FILE)} as cs_kpi (read_only)")
            relations = _relations(connection)
            # What was published as it is stays so: hashing begins with a release.
            found = protected(connection, relations, replace(privacy, hashes=False))
            if not found.changed:
                return replace(found.privacy, hashes=privacy.hashes), False
            gone = _names_of_erased(connection, relations)
            silent = {one.name: _without_texts(one) for one in relations if one.name in _OF_ANYONE}
            queries, changed = {**found.queries, **silent}, {*found.changed, *silent}
            _write(connection, before, unfinished, queries, changed)
    except duckdb.Error as error:
        raise WarehouseError(
            f"The release {before} cannot be purged of who was erased: {str(error).splitlines()[0]} "
            f"Remove that folder where it is not needed, then run again."
        ) from error
    finally:
        if not (unfinished / DATABASE_FILE).exists():
            shutil.rmtree(unfinished)
    _copy_reports(before / REPORTS, unfinished / REPORTS, gone)
    manifest = json.loads((before / MANIFEST_FILE).read_text(encoding="utf-8"))
    manifest["release_id"] = after.name
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (unfinished / MANIFEST_FILE).write_text(text, encoding="utf-8")
    unfinished.rename(after)
    _replace(settings.warehouse_dir, before, after)
    return replace(found.privacy, hashes=privacy.hashes), True


def _replace(warehouse_dir: Path, before: Path, after: Path) -> None:
    restored = restored_dir(warehouse_dir, before.name)
    if restored.exists():
        restored.rename(restored_dir(warehouse_dir, after.name))
    if (warehouse_dir / "published").resolve() == before.resolve():
        switch(warehouse_dir, after)
    shutil.rmtree(before)


def _next_name(name: str) -> str:
    """The name of a release that was purged once more: sorts where the release did."""
    base, mark, times = name.partition("-purged")
    return f"{base}-purged{int(times or 1) + 1 if mark else ''}"


def _relations(connection: duckdb.DuckDBPyConnection) -> list[Relation]:
    """The marts of the attached release, with the PII of their columns."""
    relations = []
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'cs_kpi' and schema_name = 'marts' "
        "order by table_name"
    ).fetchall()
    for (mart,) in tables:
        source = f"cs_kpi.marts.{quoted(mart)}"
        tagged = mart_pii().get(mart, {})
        columns = {name: tagged.get(name) for name, *_ in connection.execute(f"describe {source}").fetchall()}
        helpers: Mapping[str, str | None] = {}
        if "raw_row" in columns or tagged.get("raw_value"):
            helpers = _IN_RAW_ROWS
            value = "json_extract_string(raw_row, '$.{key}')" if "raw_row" in columns else "raw_value"
            values = ", ".join(f"{value.format(key=key)} as {key}" for key in helpers)
            source = f"(select *, {values} from {source})"
        relations.append(Relation(mart, source, columns, helpers))
    return relations


def _write(
    connection: duckdb.DuckDBPyConnection,
    before: Path,
    folder: Path,
    queries: Mapping[str, str],
    changed: Iterable[str],
) -> None:
    """Write the marts into a database of their own and Parquet files; files of unchanged marts are shared."""
    rows = json.loads((before / MANIFEST_FILE).read_text(encoding="utf-8"))["marts"]
    database = literal(folder / DATABASE_FILE)
    connection.execute(f"attach {database} as release (storage_version '{STORAGE_VERSION}')")
    connection.execute("create schema release.marts")
    for mart, query in queries.items():
        target = f"release.marts.{quoted(mart)}"
        (found,) = connection.execute(f"create table {target} as {query}").fetchall()[0]
        if found != rows.get(mart, found):
            raise mart_mismatch(mart, rows[mart], "database", folder, found)
        file = published_mart(folder, mart)
        if mart in changed:
            connection.execute(f"copy {target} to {literal(file)} (format parquet, compression zstd)")
        elif (shared := published_mart(before, mart)).is_dir():
            shutil.copytree(shared, file, copy_function=os.link)
        else:
            os.link(shared, file)
    for statement in _comments(connection):
        connection.execute(statement)
    connection.execute("checkpoint release")
    connection.execute("detach release")


def _comments(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The statements that give the new tables the descriptions of the old ones."""
    of_tables = connection.execute(
        "select table_name, comment from duckdb_tables() "
        "where database_name = 'cs_kpi' and comment is not null"
    ).fetchall()
    of_columns = connection.execute(
        "select table_name, column_name, comment from duckdb_columns() "
        "where database_name = 'cs_kpi' and schema_name = 'marts' and comment is not null"
    ).fetchall()
    return [
        f"comment on table release.marts.{quoted(mart)} is {literal(text)}" for mart, text in of_tables
    ] + [
        f"comment on column release.marts.{quoted(mart)}.{quoted(column)} is {literal(text)}"
        for mart, column, text in of_columns
    ]


def _without_texts(relation: Relation) -> str:
    nothing = ", ".join(f"null as {quoted(column)}" for column in relation.of_kind("text"))
    return f"select * replace ({nothing}) from {relation.source}" if nothing else f"from {relation.source}"


def _names_of_erased(connection: duckdb.DuckDBPyConnection, relations: Sequence[Relation]) -> list[str]:
    """The ids and names by which reports may speak of erased accounts and users."""
    ids = connection.execute("select distinct value from erased_ids").fetchall()
    names = [
        row
        for one in relations
        if one.columns.get("account_name") and one.columns.get("account_id")
        for row in connection.execute(
            f"select distinct rows.account_name from {one.source} as rows inner join erased_ids "
            "on erased_ids.kind = 'account' and erased_ids.value = rows.account_id "
            "where rows.account_name is not null"
        ).fetchall()
    ]
    return [text for (text,) in [*ids, *names] if not is_token(text)]


def _copy_reports(reports: Path, folder: Path, gone: Sequence[str]) -> None:
    """Copy the reports that name nobody who is erased."""
    named = [text.encode() for name in gone for text in _written(name)]
    for path in sorted(reports.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if any(re.search(rb"(?<!\w)" + re.escape(name) + rb"(?!\w)", content) for name in named):
            continue
        copy = folder / path.relative_to(reports)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)


def _written(name: str) -> set[str]:
    """A name as texts, pages and scripts write it."""
    escaped = json.dumps(name, ensure_ascii=False)[1:-1]
    return {
        *(name, html.escape(name), str(markupsafe.escape(name))),
        *(escaped, json.dumps(name)[1:-1], escaped.replace("<", "\\u003c")),
    }


def _purge_history(mart: str, history: Path, privacy: Privacy) -> Privacy:
    """Write history that a restore left without erased accounts and users."""
    unfinished = history.with_suffix(".unfinished")
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        source = parquet_rows(history)
        tagged = mart_pii().get(mart, {})
        columns = {
            name: tagged.get(name) for name, *_ in connection.execute(f"describe from {source}").fetchall()
        }
        found = protected(connection, [Relation(mart, source, columns)], replace(privacy, hashes=False))
        if found.changed:
            connection.sql(found.queries[mart]).write_parquet(str(unfinished))
            unfinished.replace(history)
    return replace(found.privacy, hashes=privacy.hashes)
