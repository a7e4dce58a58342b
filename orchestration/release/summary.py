"""What a person reads in the terminal when a run has ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
from rich.console import Group, RenderableType
from rich.table import Table

from orchestration.release.input_notices import input_notices, late_by_today
from orchestration.release.releases import DATABASE_FILE, Release, open_marts, staleness
from orchestration.release.restated import restated
from orchestration.release.target_notices import target_notices

MONTHS_SHOWN = 3
_NOTHING = "-"

# Label, mart, column; amounts first, then rates, then customers.
_FIGURES = (
    ("MRR at the start", "kpi_mrr_months", "opening_mrr"),
    ("+ new", "kpi_mrr_months", "new_mrr"),
    ("+ reactivated", "kpi_mrr_months", "reactivated_mrr"),
    ("+ expansion", "kpi_mrr_months", "expansion_mrr"),
    ("- contraction", "kpi_mrr_months", "contraction_mrr"),
    ("- churned", "kpi_mrr_months", "churned_mrr"),
    ("± exchange rates", "kpi_mrr_months", "fx_impact_mrr"),
    ("MRR at the end", "kpi_mrr_months", "closing_mrr"),
    ("gross revenue churn", "kpi_revenue_retention_months", "gross_revenue_churn_rate"),
    ("NRR", "kpi_revenue_retention_months", "nrr_rate"),
    ("GRR", "kpi_revenue_retention_months", "grr_rate"),
    ("NRR, 12 months", "kpi_revenue_retention_months", "nrr_12m_rate"),
    ("GRR, 12 months", "kpi_revenue_retention_months", "grr_12m_rate"),
    ("customers at the end", "kpi_customer_retention_months", "closing_customers"),
    ("customers lost", "kpi_customer_retention_months", "churned_customers"),
    ("customer churn", "kpi_customer_retention_months", "customer_churn_rate"),
)


def run_summary(release: Release, warehouse_dir: Path, project_dir: Path) -> Group:
    """What was loaded, the last months, and where the published files are."""
    published = _short(warehouse_dir / "published", project_dir)
    with open_marts(warehouse_dir / "published") as connection:
        return Group(
            f"Published as of {release.as_of_date}; amounts in {release.origin.reporting_currency}.",
            *_stale(release, connection),
            *restated(connection, release.run_id),
            "",
            *_loaded(connection),
            *input_notices(connection),
            *target_notices(connection),
            "",
            *_last_months(connection, release.as_of_date),
            "",
            *_where(release, warehouse_dir / "published" / DATABASE_FILE, published),
        )


def _stale(release: Release, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The sentences about an old as-of date and late inputs, against the day on which the run loaded."""
    loaded_on = release.inputs.loaded_on
    if loaded_on is None:
        return []
    said = staleness(release, loaded_on)
    return [*([said] if said else []), *late_by_today(connection, release, loaded_on)]


def _where(release: Release, database: Path, published: str) -> list[str]:
    files = f"  {published}/marts/<mart>.parquet"
    pages = f"  {published}/reports/index.html   pages for people, in Japanese too: index.ja.html"
    if not database.exists():
        return ["Where it is", f"  on Spark: schema marts, {len(release.marts)} views", files, pages]
    return [
        "Where it is",
        f"  {published}/{DATABASE_FILE}   schema marts, {len(release.marts)} tables",
        files,
        pages,
        "Open it",
        f"  .venv/bin/python -c \"import duckdb; duckdb.connect('{published}/{DATABASE_FILE}', "
        "read_only=True).sql('from marts.kpi_mrr_months').show()\"",
        "Read on",
        f"  {published}/reports   does the health score predict churn?",
        "  make dev    Dagster's pages: the graph, every check, the schedule",
        "  make docs   every table and column on one page",
    ]


def _loaded(connection: duckdb.DuckDBPyConnection) -> list[RenderableType]:
    counts = ("files", "rows_read", "rows_accepted", "rows_repeated", "rows_superseded", "rows_quarantined")
    rows = connection.execute(
        f"select table_name, {', '.join(counts)}, unknown_columns from marts.load_report order by table_name"
    ).fetchall()
    supplied = [row for row in rows if row[1]]
    headings = ["Loaded", *(name.removeprefix("rows_") for name in counts)]
    parts: list[RenderableType] = [_table(headings, ([_count(cell) for cell in row[:7]] for row in supplied))]
    absent = [row[0] for row in rows if not row[1]]
    if absent:
        parts.append(f"Not supplied, so their figures are empty: {', '.join(absent)}.")
    parts += [f"Not in the contract, so not read: {row[0]} ({row[7]})." for row in supplied if row[7]]
    return [*parts, *_rejected(connection)]


def _rejected(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """How much is in quarantine, and why; each input of which it is much has a line of its own."""
    rows = connection.execute(
        "select table_name, rows_quarantined, rows_read, mrr_quarantined_rate, quarantined_status "
        "from marts.load_report where rows_quarantined > 0 order by table_name"
    ).fetchall()
    if not rows:
        return []
    parts = [
        f"In quarantine: {_share(sum(row[1] for row in rows), _rows_read(connection))}, "
        f"most often {_reasons(connection)}. See marts.quarantined_rows."
    ]
    parts += [
        f"Much of {table}: {_share(rejected, read)}{_of_mrr(mrr)}, most often {_reasons(connection, table)}."
        for table, rejected, read, mrr, status in rows
        if status in ("high", "too_high")
    ]
    return parts


def _rows_read(connection: duckdb.DuckDBPyConnection) -> int:
    (found,) = connection.execute("select sum(rows_read)::bigint from marts.load_report").fetchall()
    return found[0]


def _share(rejected: int, read: int) -> str:
    return f"{rejected:,} of {read:,} rows ({rejected / read:.2%})"


def _of_mrr(rate: float | None) -> str:
    return "" if rate is None else f", {rate:.2%} of the MRR read"


def _reasons(connection: duckdb.DuckDBPyConnection, table: str | None = None) -> str:
    """The three most frequent reasons, with their columns and how often each occurs."""
    rows = connection.execute(
        "select reason, reason_column, count(*) from marts.quarantined_rows "
        "where table_name = coalesce(?, table_name) group by all order by 3 desc, 1, 2 limit 3",
        [table],
    ).fetchall()
    return ", ".join(f"{reason} ({column}) {count:,}" for reason, column, count in rows)


def _last_months(connection: duckdb.DuckDBPyConnection, as_of_date: dt.date) -> list[RenderableType]:
    months = [
        month
        for (month,) in connection.execute(
            "select distinct month_start from marts.kpi_mrr_months where month_start <= ? "
            "order by month_start desc limit ?",
            [as_of_date, MONTHS_SHOWN],
        ).fetchall()
    ][::-1]
    if not months:
        return ["No month has any MRR yet."]
    rows = []
    for label, mart, column in _FIGURES:
        values = dict(
            connection.execute(
                f"select month_start, {column} from marts.{mart} "
                "where segment_dimension = 'all' and month_start between ? and ?",
                [months[0], months[-1]],
            ).fetchall()
        )
        show = _rate if column.endswith("_rate") else _count if column.endswith("_customers") else _amount
        rows.append([label, *(show(values.get(month)) for month in months)])
    headings = ["By month", *(f"{month:%Y-%m}{_mark(month, as_of_date)}" for month in months)]
    parts: list[RenderableType] = [_table(headings, rows)]
    if _mark(months[-1], as_of_date):
        parts.append(f"* the month is not over: up to {as_of_date}.")
    return parts


def _mark(month: dt.date, as_of_date: dt.date) -> str:
    next_month = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return "*" if as_of_date < next_month - dt.timedelta(days=1) else ""


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Columns under a heading: labels to the left, figures to the right and never cut."""
    table = Table(box=None, padding=(0, 0, 0, 3), pad_edge=False, header_style="bold")
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="right" if index else "left", no_wrap=True)
    for label, *figures in rows:
        table.add_row(f"  {label}", *figures)
    return table


def _amount(value: Decimal | None) -> str:
    return _NOTHING if value is None else f"{value:,.2f}"


def _rate(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.1%}"


def _count(value: object) -> str:
    return _NOTHING if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _short(path: Path, start: Path) -> str:
    """The path as a person in the project's folder would type it."""
    return str(path.relative_to(start)) if path.is_relative_to(start) else str(path)
