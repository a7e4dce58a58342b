"""What a throw-away load of a raw folder says of it: each section a title, sentences and perhaps a table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from orchestration.checking.links import unresolved_links
from orchestration.checking.rules import advice
from orchestration.loading.contract import Contract
from orchestration.loading.inspection import Inspection
from orchestration.loading.landing import LoadResult

_VALUES_SHOWN = 3
# What is read by figures and is none of their inputs: what was supplied, settings, and whose ids are whose.
_NO_INPUTS = ("dim_supplied_inputs", "int_supplied_inputs", "int_settings", "base_account_links")
# Of so many versions or more, prices or terms that are nearly all alike say something.
_FEWEST = 5
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Section:
    """A part of the report."""

    title: str
    lines: Sequence[str] = ()
    headings: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = field(default_factory=tuple)


def sections(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    inspection: Inspection,
    loaded: LoadResult,
    parents: Mapping[str, Sequence[str]],
) -> Iterator[Section]:
    """What was read, rejected, emptied and lost; how tables join; what looks odd; which KPIs will be.

    `parents`: the unique ids of what each model reads.
    """
    yield _read(connection, loaded)
    yield Section("How files were read", (*_forms(inspection), *_not_used(loaded)))
    yield Section("Rejected rows", [*_broken(connection, contract, _REJECTED)])
    yield Section("Values that count as empty", [*_broken(connection, contract, _EMPTIED)])
    yield Section("What would be lost", [*_lost(connection)])
    yield Section("How tables join", [*_joins(connection)])
    yield Section(
        "Accounts of other systems",
        [*unresolved_links(connection, contract, inspection.account_systems)],
    )
    yield Section("Is it plausible?", [*_plausibility(connection)])
    yield _kpis(connection, parents, loaded)


def _read(connection: duckdb.DuckDBPyConnection, loaded: LoadResult) -> Section:
    rows = connection.execute(
        "select table_name, files, rows_read, rows_accepted, rows_repeated, rows_superseded, "
        "rows_quarantined, values_set_null from marts.load_report where files > 0 order by table_name"
    ).fetchall()
    headings = ("table", "files", "rows", "accepted", "repeated", "superseded", "rejected", "values emptied")
    absent = [table.name for table in loaded.tables if not table.files]
    return Section("Read", [f"Not supplied: {', '.join(absent)}."] if absent else (), headings, rows)


def _forms(inspection: Inspection) -> Iterator[str]:
    for one in (one for files in inspection.files.values() for one in files):
        if one.csv_file and one.csv_file.read_as:
            yield f"{one.file.name}: {one.csv_file.read_as}"


def _not_used(loaded: LoadResult) -> Iterator[str]:
    for table in loaded.tables:
        for name in table.empty_files:
            yield f"{name} holds a header and no rows, so it counts as not supplied."
        if table.files and table.unknown_columns:
            unknown = ", ".join(table.unknown_columns)
            yield f"{table.name}: columns that the contract does not name: {unknown}."
    for name in loaded.ignored:
        yield f"Not a table of the contract, so not read: {name}."


_REJECTED = (
    "select table_name, reason_column, reason, file_name, row_number, "
    "json_extract_string(raw_row, '$.' || reason_column) from marts.quarantined_rows"
)
_EMPTIED = (
    "select table_name, column_name, reason, file_name, row_number, raw_value from marts.corrected_values"
)


def _broken(connection: duckdb.DuckDBPyConnection, contract: Contract, query: str) -> Iterator[str]:
    """Per column and reason: how many, up to three values and places, what was expected, what to do."""
    tables = {table.name: table for table in contract.tables}
    found = connection.execute(f"""
        with broken(table_name, column_name, reason, file_name, row_number, value) as ({query}),
        places as (
            select *, count(*) over reasons as rows_of_reason,
                row_number() over (reasons order by file_name, row_number) as place
            from broken window reasons as (partition by table_name, column_name, reason)
        )
        select table_name, column_name, reason, rows_of_reason,
            list((value, file_name, row_number) order by place)
        from places where place <= {_VALUES_SHOWN} group by all order by rows_of_reason desc, 1, 2, 3
    """).fetchall()
    for name, column_name, reason, count, places in found:
        table = tables[name]
        column = next((column for column in table.columns if column.name == column_name), None)
        wanted, fix = advice(reason, column, table)
        shown = "; ".join(f"{_value(value)} in {file}, row {row}" for value, file, row in places)
        more = f" and {count - len(places)} more" if count > len(places) else ""
        yield f"{name}.{column_name}, {reason}: {count:,} ({shown}{more}). Expected {wanted}. {fix}"


def _value(value: object) -> str:
    return "nothing" if value in (None, "") else json.dumps(value, ensure_ascii=False)


def _lost(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for name, lost, read, mrr in connection.execute(
        "select table_name, rows_quarantined, rows_read, mrr_quarantined_rate from marts.load_report "
        "where table_name in ('accounts', 'subscription_items') and rows_quarantined > 0 order by 1"
    ).fetchall():
        of_mrr = f", and {mrr:.1%} of the MRR read" if mrr is not None else ""
        yield f"{lost:,} of {read:,} rows of {name}{of_mrr}."


def _joins(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for sentence, query in (
        (
            "{} of {} accounts have no subscription: they never count as customers.",
            "select count(*) filter (account_id not in (select account_id from "
            "staging.base_subscription_items where row_status = 'accepted')), count(*) "
            "from staging.base_accounts where row_status = 'accepted'",
        ),
        (
            "{} of {} rows of users belong to no account.",
            "select count(*) filter (reason_column = 'account_id'), count(*) from staging.base_users",
        ),
    ):
        ((found, total),) = connection.execute(query).fetchall()
        if found:
            yield sentence.format(f"{found:,}", f"{total:,}")
    for name, count in connection.execute(
        "select table_name, unknown_references from marts.load_report where unknown_references > 0 order by 1"
    ).fetchall():
        yield f"{count:,} optional references of {name} lead nowhere and count as empty."


def _plausibility(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    ((versions, in_cents, ended, of_30_days, currencies, one_currency, reporting),) = connection.execute("""
        select count(*),
            count(*) filter (unit_price >= 1000 and unit_price % 100 = 0 and currency not in ('JPY', 'KRW')),
            count(valid_to),
            count(*) filter (billing_interval = 'day' and billing_interval_count in (28, 30, 31)),
            count(distinct currency), min(currency), (select reporting_currency from raw.settings)
        from staging.base_subscription_items where row_status = 'accepted'
    """).fetchall()
    if versions < _FEWEST:
        return
    if in_cents >= _NEARLY_ALL * versions:
        yield (
            "Nearly every price is 1,000 or more and a multiple of 100: are these cents? Then say "
            "`minor_units: [unit_price]` under subscription_items in mapping.yml."
        )
    if of_30_days:
        yield (
            f"{of_30_days:,} versions are billed every 28, 30 or 31 days: are months meant? "
            "Then billing_interval is month; 30 days give 12.2 bills a year."
        )
    if currencies == 1 and one_currency != reporting:
        yield (
            f"Every price is in {one_currency}, and figures are in {reporting}: set "
            f"CSKPI_REPORTING_CURRENCY={one_currency}, or supply fx_rates."
        )
    elif currencies == 1:
        yield f"Every price is in {one_currency}, the reporting currency."
    if not ended:
        yield "No subscription version ends: is valid_to missing? Then nobody ever churns."


def _kpis(
    connection: duckdb.DuckDBPyConnection, parents: Mapping[str, Sequence[str]], loaded: LoadResult
) -> Section:
    """Which KPIs rest on supplied inputs alone, and which would be empty or partial without another one."""
    supplied = {table.name for table in loaded.tables if table.files}
    core = _inputs_of(parents, "kpi_mrr_months")
    rows: list[tuple[str, int, str]] = []
    complete = 0
    for mart, count, names in connection.execute(
        "select mart, count(*), string_agg(name_en, ', ' order by kpi_id) from seeds.kpi_definitions "
        "group by mart order by mart"
    ).fetchall():
        missing = sorted(_inputs_of(parents, mart) - core - supplied)
        if missing:
            rows.append((_cut(names), count, ", ".join(missing)))
        else:
            complete += count
    line = f"{complete} KPIs rest on what is supplied."
    if rows:
        line += f" {sum(row[1] for row in rows)} would be empty or partial:"
    return Section("KPIs", [line], ("KPIs", "how many", "without"), rows)


def _inputs_of(parents: Mapping[str, Sequence[str]], mart: str) -> set[str]:
    """The contract tables that a mart is made from; which inputs were supplied is no input."""
    todo = [node for node in parents if node.startswith("model.") and node.endswith(f".{mart}")]
    seen: set[str] = set()
    found: set[str] = set()
    while todo:
        node = todo.pop()
        name = node.rpartition(".")[2]
        if node in seen or name in _NO_INPUTS:
            continue
        seen.add(node)
        if name.startswith("base_"):
            found.add(name.removeprefix("base_"))
            continue
        todo += parents.get(node, ())
    return found


def _cut(names: str, longest: int = 90) -> str:
    return names if len(names) <= longest else names[:longest].rpartition(", ")[0] + ", …"
