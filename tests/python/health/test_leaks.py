"""A score knows nothing of what came after its date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from random import Random

import duckdb
import narwhals as nw
import pytest

from orchestration.health.config import health_config
from orchestration.health.scoring import score_accounts, weigh_measures
from orchestration.loading.contract import SOURCES_PATH
from simulator import SimulatorConfig, read_contract, simulate

from ..support.health_builders import shipped_seeds
from ..support.warehouse import Warehouse

# When a row came to be, and its times that were still to come then. What a contract or goal says of the
# future from its first day on (ends_at, due_at) is no later time.
ROWS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "accounts": ("created_at", ("onboarding_offered_at",)),
    "users": ("created_at", ("deactivated_at", "champion_since", "champion_until")),
    "plans": (None, ()),
    "subscription_items": ("valid_from", ("valid_to",)),
    "fx_rates": ("rate_date", ()),
    "contracts": ("started_at", ("decided_at", "notice_given_at")),
    "cancellations": ("cancelled_at", ()),
    "product_events": ("occurred_at", ()),
    "support_tickets": ("opened_at", ("first_responded_at", "resolved_at")),
    "survey_responses": ("responded_at", ()),
    "cs_activities": ("occurred_at", ()),
    "opportunities": ("created_at", ("accepted_at", "closed_at")),
    "reviews": ("posted_at", ()),
    "usage_gauges": ("measured_on", ()),
    "customer_goals": ("set_at", ("achieved_at",)),
}
LAST_DAY = dt.date(2025, 12, 31)
DAYS = (dt.date(2025, 8, 31), dt.date(2025, 9, 17))

Row = dict[str, str | None]
Tables = dict[str, list[Row]]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """A small company that supplies every table a score is made of, as text."""
    config = SimulatorConfig(accounts=120, months=12, events=12_000, seed=3, untidy=False, end_date=LAST_DAY)
    raw = simulate(config, read_contract(SOURCES_PATH), tmp_path_factory.mktemp("leaks") / "company").raw_dir
    return {name: rows_of(raw, name) for name in ROWS}


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return Warehouse(marts=("int_account_measures",))


def rows_of(raw: Path, name: str) -> list[Row]:
    files = raw / name / "*.parquet" if (raw / name).is_dir() else raw / f"{name}.parquet"
    found = duckdb.sql(f"select columns(*)::varchar from read_parquet('{files}')")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def is_later(time: str | None, day: dt.date) -> bool:
    return time is not None and time >= (day + dt.timedelta(days=1)).isoformat()


def as_of(tables: Tables, day: dt.date) -> Tables:
    """What the sources held at the end of a day: later rows are not there, later times empty."""
    return {
        name: [known(row, later, day) for row in tables[name] if not is_after(row, begun, day)]
        for name, (begun, later) in ROWS.items()
    }


def is_after(row: Row, begun: str | None, day: dt.date) -> bool:
    return begun is not None and is_later(row.get(begun), day)


def known(row: Row, later: tuple[str, ...], day: dt.date) -> Row:
    """The row as it was then. A ticket is written again in place: nobody knows when it was written before."""
    gone = {name: None for name in later if is_later(row.get(name), day)}
    return row | gone | ({"recorded_at": None} if gone and "ticket_id" in row else {})


def shuffled_after(tables: Tables, day: dt.date) -> Tables:
    """The same past and another future: later rows belong to other accounts."""
    random = Random(1)
    found: Tables = {}
    for name, (begun, _) in ROWS.items():
        past = [row for row in tables[name] if not is_after(row, begun, day)]
        future = [row for row in tables[name] if is_after(row, begun, day)]
        if name not in ("accounts", "users", "subscription_items") and future and "account_id" in future[0]:
            owners = [row["account_id"] for row in future]
            random.shuffle(owners)
            future = [row | {"account_id": owner} for row, owner in zip(future, owners, strict=True)]
        found[name] = past + future
    return found


def scores(
    warehouse: Warehouse, tables: Mapping[str, list[Row]], day: dt.date, until: dt.date
) -> list[tuple]:
    """Measures and scores of every as-of date up to a day, in a warehouse built as of another."""
    warehouse.build_tables(tables, day)
    rows = warehouse.connection.table("features.int_account_measures").filter(f"as_of_date <= '{until}'")
    measured = rows.select("* exclude (region)").order("account_id, as_of_date").fetchall()
    config = health_config(shipped_seeds())
    weighed = weigh_measures(nw.from_native(rows), config)
    scored = score_accounts(weighed, config).select("account_id", "as_of_date", "score", "health_band")
    return [*measured, *scored.to_native().order("account_id, as_of_date").fetchall()]


@pytest.mark.parametrize("day", DAYS)
def test_later_rows_and_later_times_change_no_score(
    warehouse: Warehouse, company: Tables, day: dt.date
) -> None:
    known_then = scores(warehouse, as_of(company, day), day, day)
    assert len(known_then) > 200
    assert scores(warehouse, company, day, day) == known_then


def test_a_month_end_has_the_score_that_it_had_then(warehouse: Warehouse, company: Tables) -> None:
    day = DAYS[0]
    known_then = scores(warehouse, as_of(company, day), day, day)
    assert scores(warehouse, company, LAST_DAY, day) == known_then


def test_another_future_changes_no_score(warehouse: Warehouse, company: Tables) -> None:
    day = DAYS[0]
    before = scores(warehouse, company, LAST_DAY, day)
    assert scores(warehouse, shuffled_after(company, day), LAST_DAY, day) == before
