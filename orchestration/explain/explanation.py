"""A figure of the published release together with the accounts that moved it."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from orchestration.engines.duckdb import DuckDBEngine
from orchestration.errors import WarehouseError
from orchestration.explain.accounts import RawRows, account_names, account_sides, raw_rows
from orchestration.explain.effects import NOTHING, Sides, contributions
from orchestration.explain.figures import (
    ALL,
    COMPARISONS,
    Figure,
    earlier_month,
    find_kpi,
    parsed_month,
    parsed_segment,
    read_figure,
)
from orchestration.release.releases import Release, open_marts, published_release
from orchestration.settings import PROJECT_DIR, Settings


@dataclass(frozen=True)
class AccountPart:
    """An account's part of a figure now and in the month compared with, and what it added to the change."""

    account_id: str
    name: str | None
    now: Sides
    then: Sides
    contribution: float | None
    rows: Sequence[RawRows]


@dataclass(frozen=True)
class Accounts:
    """The accounts behind a figure, those that moved it most first.

    `comparison` is None where there is no month to compare with: then those with the largest part come first.
    """

    comparison: str | None
    parts: Sequence[AccountPart]
    others: int


@dataclass(frozen=True)
class Explanation:
    """A figure and its accounts; `accounts` is None where `why_no_accounts` says so."""

    release: Release
    figure: Figure
    accounts: Accounts | None
    why_no_accounts: str | None


def explain(
    settings: Settings, kpi_id: str, month: str, segment: str, *, limit: int | None = 10
) -> Explanation:
    """Explain a figure of the published release; at most `limit` accounts.

    Raises:
        ExplainError: KPI, month or segment are not there; the message says what is.
        WarehouseError: nothing was published yet, or the release has no drivers.
    """
    release = published_release(settings.warehouse_dir)
    if release is None:
        raise WarehouseError("Nothing was published yet; run `make run` first.")
    if "kpi_change_drivers" not in release.marts:
        raise WarehouseError(
            "The published release has no drivers of change yet; `make run FULL=1` makes them."
        )
    day, chosen = parsed_month(month), parsed_segment(segment)
    with open_marts(settings.published_link.resolve()) as connection:
        kpi = find_kpi(connection, kpi_id)
        figure = read_figure(connection, kpi, day, chosen)
    engine = DuckDBEngine(settings)
    if settings.dbt_target != "duckdb" or engine.built_by() != release.run_id:
        return Explanation(release, figure, None, "no_build")
    with _build(settings) as connection:
        accounts = _accounts(connection, figure, limit)
    return Explanation(release, figure, accounts, None if accounts else "no_accounts")


@contextmanager
def _build(settings: Settings) -> Generator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(
        str(settings.build_path), read_only=True, config=settings.duckdb_config
    ) as connection:
        yield connection


def _accounts(connection: duckdb.DuckDBPyConnection, figure: Figure, limit: int | None) -> Accounts | None:
    """The accounts behind a figure; None where it is no sum over accounts."""
    column = None if figure.segment == ALL else segment_column(figure.segment[0])
    kpi, month = figure.kpi, figure.month
    now = account_sides(connection, kpi, month, figure.segment, column)
    comparison = next((name for name in COMPARISONS if _is_comparable(figure, name)), None)
    back = earlier_month(month, COMPARISONS[comparison]) if comparison else month
    then: Mapping[str, Sides] = {}
    moved: Mapping[str, float] = {}
    if comparison and figure.sides and (before := figure.earlier[comparison][1]):
        then = account_sides(connection, kpi, back, figure.segment, column)
        moved = contributions(now, then, figure.sides, before)
    everybody = {**now, **then}
    if not everybody:
        return None

    def weight(account: str) -> tuple[float, float, str]:
        numerator, denominator = now.get(account, NOTHING)
        return (-abs(moved.get(account, 0.0)), -abs(numerator) - abs(denominator or 0.0), account)

    ordered = sorted(everybody, key=weight)
    shown = ordered[:limit]
    names = account_names(connection, shown)
    rows = raw_rows(connection, kpi, month, back, shown)
    nothing = Sides(0.0, 0.0 if kpi.denominator_column else None)
    parts = [
        AccountPart(
            account_id=account,
            name=names.get(account),
            now=now.get(account, nothing),
            then=then.get(account, nothing),
            contribution=kpi.factor * moved[account] if account in moved else None,
            rows=rows[account],
        )
        for account in shown
    ]
    return Accounts(comparison if moved else None, parts, len(ordered) - len(shown))


def _is_comparable(figure: Figure, comparison: str) -> bool:
    value, sides = figure.earlier.get(comparison, (None, None))
    return value is not None and sides is not None and figure.value is not None


def segment_column(dimension: str) -> str:
    """The column of facts that holds the values of a segment dimension."""
    import yaml  # noqa: PLC0415  only an explained segment needs it

    project = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    return next(
        segment["column"] for segment in project["vars"]["segments"] if segment["dimension"] == dimension
    )
