"""What a release says about its inputs: late, unusually large or small, or contradicting themselves."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from orchestration.release.releases import Release, is_demo, open_marts

_EXAMPLES = 3


def input_notices(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """One sentence per fact of the marts of operations; none where every input is as it should be."""
    return [*_late(connection), *_volumes(connection), *_vanished(connection), *_contradictions(connection)]


def late_by_today(connection: duckdb.DuckDBPyConnection, release: Release, today: dt.date) -> list[str]:
    """The inputs whose next record was due before yesterday, by the clock; none for the demo, which stays.

    The marts are as of their as-of date, so that an input can be late though they say that it is fresh.
    """
    if is_demo(release):
        return []
    rows = connection.execute(
        "select table_name, newest_on, next_expected_on from marts.input_freshness "
        "where next_expected_on < ? and status not in ('late', 'silent') "
        "order by next_expected_on, table_name",
        [today - dt.timedelta(days=1)],
    ).fetchall()
    if not rows:
        return []
    inputs = ", ".join(
        f"{table} (newest {newest}, next expected by {expected})" for table, newest, expected in rows
    )
    return [f"Late by today's date ({today}): {inputs}. Check that these sources still deliver."]


def late_inputs(release: Release, release_dir: Path, today: dt.date) -> list[str]:
    """All that is late in a release that stays: as of its as-of date, and by the clock."""
    with open_marts(release_dir) as connection:
        return [*_late(connection), *late_by_today(connection, release, today)]


def _late(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select table_name, status, newest_on, days_late, affects_en from marts.input_freshness "
        "where status in ('late', 'silent') order by status desc, days_late desc, table_name"
    ).fetchall()
    return [
        f"{'Silent' if status == 'silent' else 'Late'}: {table} has no record since {newest}, "
        f"{_days(days)} over what input_expectations allows. What rests on it: {affects}."
        for table, status, newest, days, affects in rows
    ]


def _volumes(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select table_name, status, rows_last_day, usual_rows_last_day from marts.input_freshness "
        "where status in ('low_volume', 'high_volume') order by table_name"
    ).fetchall()
    return [
        f"{'Few' if status == 'low_volume' else 'Many'} rows: {table} has {found:,} of the day before the "
        f"as-of date; {usual:,.0f} are usual on that weekday."
        for table, status, found, usual in rows
    ]


def _vanished(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select table_name, keys_vanished, vanished_key from marts.load_report "
        "where keys_vanished > 0 order by table_name"
    ).fetchall()
    return [
        f"Gone since the last run: {count:,} {'key' if count == 1 else 'keys'} of {table}, such as {example}."
        for table, count, example in rows
    ]


def _contradictions(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select table_name, kind, column_name, count(*), "
        f"array_to_string((array_agg(row_key order by row_key))[1:{_EXAMPLES}], ', '), "
        "arg_min(detail_en, row_key) "
        "from marts.input_warnings group by all order by table_name, kind, column_name"
    ).fetchall()
    sentences = [
        f"Contradiction: {count:,} of {table} ({kind}, {column}), such as {keys}: {detail}."
        for table, kind, column, count, keys, detail in rows
    ]
    return [*sentences, "See marts.input_warnings."] if sentences else []


def _days(count: int) -> str:
    return f"{count:,} {'day' if count == 1 else 'days'}"
