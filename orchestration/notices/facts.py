"""The facts that are worth a message: what happened in a run, and what a release shows.

A fact holds ids of accounts and names of customer success managers, and nothing else about people.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from orchestration.release.releases import Release, is_demo, kept_releases, open_marts, read_release
from orchestration.settings import PROJECT_DIR

_E_MAIL = re.compile(r"[^\s@'\"<>,;:=(]+@[^\s@'\"<>,;)]+")
# What orchestration.dbt.results.failure_report says of a failed check before it shows rows.
_CHECK = re.compile(r"^(test|unit test|model|seed) \S+: ([\d,]+ rows?|\w+)$")
_CHECKS_SHOWN = 10


@dataclass(frozen=True)
class Fact:
    """One thing to tell. `kind` is a message of texts.py, which says what `values` it needs.

    `key` tells facts of a kind apart: a fact of the same key is not told again.
    """

    kind: str
    key: str
    values: Mapping[str, Any]


def failure_fact(sentence: str, published: Release | None, today: dt.date) -> Fact:
    """A run that failed, or built and was refused; rows of data in the sentence are left out."""
    lines = sentence.strip().splitlines() or ["?"]
    checks = [line for line in lines[1:] if _CHECK.match(line)]
    said = _E_MAIL.sub("…", "\n".join([lines[0], *checks[:_CHECKS_SHOWN]]))
    # Whether the run got as far as judging what it built.
    kind = "publish_refused" if "Nothing was published" in lines[0] else "run_failed"
    # Each run has a log and an id of its own, which make no other fact of it.
    key = sha256(re.sub(r"[\w./-]*/[\w./-]*|[0-9a-f-]{8,}", "", said).encode()).hexdigest()
    return Fact(
        kind, f"{key}:{today}", {"sentence": said, "as_of_date": published.as_of_date if published else None}
    )


def release_facts(
    release: Release, warehouse_dir: Path, today: dt.date, is_dated: bool = False
) -> list[Fact]:
    """What the published release shows. `is_dated`: CSKPI_AS_OF_DATE is set, so that today judges nothing.

    Raises:
        duckdb.Error: a mart does not have the columns that are read.
    """
    limits = _limits()
    # Today is not over, so that an input is late by the clock from the day after it was due.
    clock = release.as_of_date if is_dated or is_demo(release) else today - dt.timedelta(days=1)
    facts: list[Fact] = []
    with open_marts(warehouse_dir / "published") as connection:
        if "input_freshness" in release.marts:
            facts += _inputs(connection, clock, today)
        if "load_report" in release.marts:
            facts += _rejected(connection, limits["rejected_rate"], today)
        if {"kpi_restatements", "dim_kpis"} <= set(release.marts):
            facts += _restatements(connection, release, limits["restated_rate"])
        if {"kpi_scorecard_months", "dim_kpis"} <= set(release.marts):
            facts += _red_kpis(connection, release)
        facts += _accounts(connection, release, warehouse_dir)
    return facts


def _limits() -> dict[str, float]:
    with (PROJECT_DIR / "seeds" / "operations" / "notice_limits.csv").open(encoding="utf-8") as file:
        return {name: float(value) for name, value in next(csv.DictReader(file)).items()}


def _rows(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: list[object] | None = None
) -> list[dict[str, Any]]:
    found = connection.execute(query, parameters or [])
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _inputs(connection: duckdb.DuckDBPyConnection, clock: dt.date, today: dt.date) -> list[Fact]:
    """Inputs whose next record is overdue on the day `clock`, or whose last day is unusual."""
    rows = _rows(
        connection,
        "select *, greatest(date_diff('day', next_expected_on, ?::date), 0) as days_late_now "
        "from marts.input_freshness where status <> 'not_supplied' order by table_name",
        [clock],
    )
    facts = []
    for row in rows:
        if row["days_late_now"]:
            facts.append(Fact("input_stale", f"{row['table_name']}:{today}", row))
        elif row["status"] in ("low_volume", "high_volume"):
            # It is a fact of that day's rows: without newer ones it is not told again.
            facts.append(Fact("volume_unusual", f"{row['table_name']}:{row['newest_on']}", row))
    return facts


def _rejected(connection: duckdb.DuckDBPyConnection, limit: float, today: dt.date) -> list[Fact]:
    rows = _rows(
        connection,
        "select table_name, rows_quarantined, rows_read from marts.load_report "
        "where rows_read > 0 and rows_quarantined / rows_read >= ? order by table_name",
        [limit],
    )
    return [Fact("input_rejected", f"{row['table_name']}:{today}", row) for row in rows]


def _restatements(connection: duckdb.DuckDBPyConnection, release: Release, limit: float) -> list[Fact]:
    """Closed figures of the whole company that this very run changed by the limit or more."""
    rows = _rows(
        connection,
        "select restated.*, kpis.name_en, kpis.name_ja, kpis.unit "
        "from marts.kpi_restatements as restated join marts.dim_kpis as kpis using (kpi_id) "
        "where restated.segment_dimension = 'all' and restated.run_id = ? "
        "and coalesce(abs(difference) >= ? * abs(first_reported_value), true) "
        "order by month_start desc, kpi_id",
        [release.run_id, limit],
    )
    return [
        Fact("restated", f"{row['kpi_id']}:{row['month_start']}:{row['latest_value']}", row) for row in rows
    ]


def _red_kpis(connection: duckdb.DuckDBPyConnection, release: Release) -> list[Fact]:
    """KPIs that are red in the last month that is over and were not in the month before it."""
    next_day = release.as_of_date + dt.timedelta(days=1)
    month = (next_day.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    before = (month - dt.timedelta(days=1)).replace(day=1)
    rows = _rows(
        connection,
        "select now.kpi_id, now.month_start, now.value, now.previous_value, now.target_value, "
        "kpis.name_en, kpis.name_ja, kpis.unit, kpis.owner_label_en, kpis.owner_label_ja "
        "from marts.kpi_scorecard_months as now join marts.dim_kpis as kpis using (kpi_id) "
        "left join marts.kpi_scorecard_months as before on before.kpi_id = now.kpi_id "
        "and before.segment_dimension = 'all' and before.month_start = ? "
        "where now.segment_dimension = 'all' and now.month_start = ? and now.status = 'red' "
        "and before.status is distinct from 'red' order by kpis.owner_label_en, now.kpi_id",
        [before, month],
    )
    return [Fact("kpi_red", f"{row['kpi_id']}:{row['month_start']}", row) for row in rows]


def _accounts(connection: duckdb.DuckDBPyConnection, release: Release, warehouse_dir: Path) -> list[Fact]:
    """Accounts that are red and were not in the release before, and those whose band got better than red."""
    needed = {"account_health_scores", "account_360", "dim_accounts", "dim_team_members"}
    earlier = [name for name in kept_releases(warehouse_dir) if name < release.release_id]
    if not earlier or not needed <= set(release.marts):
        return []
    folder = warehouse_dir / "releases" / earlier[-1]
    if "account_health_scores" not in read_release(folder).marts:
        return []
    bands = (
        "select account_id, health_band from marts.account_health_scores "
        "where as_of_date = (select max(as_of_date) from marts.account_health_scores)"
    )
    with open_marts(folder) as of_before:
        previous = dict(of_before.execute(bands).fetchall())
    changed = [
        (account_id, band)
        for account_id, band in connection.execute(bands).fetchall()
        # An account of which nothing is known any more has not recovered.
        if (band == "red") != (previous.get(account_id) == "red") and band != "unknown"
    ]
    if not changed:
        return []
    rows = _rows(
        connection,
        "select accounts.account_id, coalesce(members.member_name, accounts.csm_id) as csm, "
        "account_360.mrr, account_360.main_reason_label_en as reason_en, "
        "account_360.main_reason_label_ja as reason_ja, "
        "account_360.next_best_action_label_en as action_en, "
        "account_360.next_best_action_label_ja as action_ja "
        "from marts.dim_accounts as accounts "
        "left join marts.dim_team_members as members on members.member_id = accounts.csm_id "
        "left join marts.account_360 as account_360 on account_360.account_id = accounts.account_id "
        "where list_contains(?, accounts.account_id) order by csm, account_360.mrr desc, accounts.account_id",
        [[account_id for account_id, _ in changed]],
    )
    band_of = dict(changed)
    return [
        Fact(
            kind := "accounts_red" if band_of[row["account_id"]] == "red" else "accounts_recovered",
            f"{row['account_id']}:{release.as_of_date}",
            {
                **row,
                "kind": kind,
                "currency": release.origin.reporting_currency,
                # A name that is an address is none.
                "csm": _E_MAIL.sub("…", row["csm"] or "unknown"),
            },
        )
        for row in rows
    ]
