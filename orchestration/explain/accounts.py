"""The accounts behind a figure and the raw rows that each rests on, from the build database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.explain.effects import Sides
from orchestration.explain.figures import ALL, Kpi
from orchestration.release.releases import literal, quoted

_MRR = {
    "kpi_mrr_months",
    "kpi_revenue_retention_months",
    "kpi_customer_retention_months",
    "kpi_ltv_months",
}
# Of each mart: the input tables and the time that says which rows count in a month. `through`: all up to the
# month's end; `within`: those of the month and of that compared with; `known`: all of the account.
_INPUTS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    **dict.fromkeys(_MRR, (("subscription_items", "valid_from", "through"),)),
    # Whether a customer left after it had expanded shows later.
    "kpi_expansion_months": (("subscription_items", "valid_from", "known"),),
    "kpi_onboarding_months": (
        ("accounts", "created_at", "known"),
        ("product_events", "occurred_at", "known"),
        ("cs_activities", "occurred_at", "known"),
    ),
    "kpi_active_users_months": (
        ("users", "created_at", "through"),
        ("product_events", "occurred_at", "within"),
    ),
    "kpi_sessions_months": (("product_events", "occurred_at", "within"),),
    "kpi_engagement_months": (
        ("cs_activities", "occurred_at", "within"),
        ("subscription_items", "valid_from", "through"),
    ),
    "kpi_csat_months": (("survey_responses", "responded_at", "within"),),
    "kpi_support_months": (
        ("support_tickets", "opened_at", "through"),
        ("subscription_items", "valid_from", "through"),
    ),
    "kpi_renewal_months": (("contracts", "started_at", "known"),),
    "kpi_csql_months": (("opportunities", "created_at", "through"),),
    "kpi_success_months": (
        ("customer_goals", "set_at", "through"),
        ("subscription_items", "valid_from", "through"),
    ),
}


@dataclass(frozen=True)
class RawRows:
    """Rows of one input file that an account's part of a figure rests on, by their numbers."""

    table: str
    file: str
    numbers: tuple[int, ...]

    @property
    def ranges(self) -> str:
        """The numbers, runs of them as first-last."""
        runs: list[list[int]] = []
        for number in self.numbers:
            if runs and number == runs[-1][1] + 1:
                runs[-1][1] = number
            else:
                runs.append([number, number])
        return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def account_sides(
    connection: duckdb.DuckDBPyConnection,
    kpi: Kpi,
    month: dt.date,
    segment: tuple[str, str],
    column: str | None,
) -> dict[str, Sides]:
    """What each account adds to both sides in a month; `column` holds the segment's dimension."""
    condition = "true" if segment == ALL else f"{quoted(column or segment[0])} = {literal(segment[1])}"
    rows = connection.execute(
        "select account_id, numerator::double, denominator::double "
        "from intermediate.int_account_kpi_components "
        f"where kpi_id = ? and month_start = ? and {condition}",
        [kpi.kpi_id, month],
    ).fetchall()
    return {
        account: Sides(numerator, (denominator or 0.0) if kpi.denominator_column else None)
        for account, numerator, denominator in rows
    }


def account_names(connection: duckdb.DuckDBPyConnection, accounts: Sequence[str]) -> dict[str, str]:
    """The names of accounts that have one."""
    rows = connection.execute(
        "select account_id, account_name from marts.dim_accounts "
        "where account_id in (select unnest(?)) and account_name is not null",
        [list(accounts)],
    ).fetchall()
    return dict(rows)


def raw_rows(
    connection: duckdb.DuckDBPyConnection,
    kpi: Kpi,
    month: dt.date,
    compared: dt.date,
    accounts: Sequence[str],
) -> dict[str, list[RawRows]]:
    """The accepted raw rows that the accounts' parts rest on, those of merged accounts included.

    Rows without a time of their own count for every month.
    """
    found: dict[str, list[RawRows]] = {account: [] for account in accounts}
    for table, time, which in _INPUTS.get(kpi.mart, ()):
        base = f"staging.base_{table}"
        columns = {
            name
            for (name,) in connection.execute(
                "select column_name from information_schema.columns "
                "where table_schema = 'staging' and table_name = ?",
                [f"base_{table}"],
            ).fetchall()
        }
        if not columns:
            continue
        # A day more on each side: months end in the reporting time zone.
        in_time = "true"
        if which == "through" and time in columns:
            in_time = f"rows.{time} < $month + interval 1 month + interval 1 day"
        elif which == "within" and time in columns:
            in_time = " or ".join(
                f"rows.{time} between {day} - interval 1 day and {day} + interval 1 month + interval 1 day"
                for day in ("$month", "$compared")
            )
        rows = connection.execute(
            "select customers.customer_account_id, rows._file_name, "
            "list(rows._row_number order by rows._row_number) "
            f"from {base} as rows join intermediate.int_accounts_resolved as customers using (account_id) "
            "where rows.row_status = 'accepted' "
            "and customers.customer_account_id in (select unnest($accounts)) "
            f"and coalesce({in_time}, true) and $month >= $compared "
            "group by 1, 2 order by 1, 2",
            {"month": month, "compared": compared, "accounts": list(accounts)},
        ).fetchall()
        for account, file, numbers in rows:
            found[account].append(RawRows(table, file, tuple(numbers)))
    return found
