"""What the contract expects of a column, and what to do about a value that breaks it, in words."""

from __future__ import annotations

from orchestration.loading.contract import Column, Table
from orchestration.loading.spelling import is_number, is_time

_SEEN_ELSEWHERE = {
    "duplicate_key": (
        "one row per key, or recorded_at to tell which is newer",
        "Remove the row that is wrong, or add the column recorded_at.",
    ),
    "no_exchange_rate": (
        "an exchange rate of the currency on or before that day",
        "Add the currency to fx_rates, or set CSKPI_REPORTING_CURRENCY to it.",
    ),
}


def expected(column: Column) -> str:
    """What a value of the column may be."""
    if column.allowed:
        return f"one of {', '.join(column.allowed)}"
    if column.data_type == "boolean":
        return "true or false (also yes, no, 1, 0)"
    if is_time(column):
        return "a date such as 2024-01-31 or 2024/1/31" + (
            ", or a time such as 2024-01-31T09:05+09:00" if column.data_type == "timestamp" else ""
        )
    if is_number(column):
        kind = "a whole number" if column.data_type == "bigint" else "a number such as 10.50 or 1,200"
        limits = [
            f"{word} {limit:g}"
            for word, limit in (("at least", column.minimum), ("at most", column.maximum))
            if limit is not None
        ]
        ranges = [f"{low:g} to {high:g} for {kind}" for kind, (low, high) in column.ranges.items()]
        return ", ".join([kind, *limits, *ranges])
    return f"an id that {column.references.partition('.')[0]} holds" if column.references else "a text"


def advice(reason: str, column: Column | None, table: Table) -> tuple[str, str]:
    """What was expected where a rule is broken, and how to fix it."""
    if reason in _SEEN_ELSEWHERE or column is None:
        return _SEEN_ELSEWHERE.get(reason, ("a row that fits the others", "Correct the row in its source."))
    where = f"under {table.name} in mapping.yml"
    fix = {
        "missing_required_value": f"Fill it in the source, or give a constant {where}.",
        "value_not_allowed": f"Translate it: `values` of {column.name} {where}.",
        "unknown_reference": f"Add the row to {str(column.references).partition('.')[0]}, or correct the id.",
    }.get(reason, "Correct it in the source.")
    if reason == "wrong_type" and is_time(column):
        fix = f"Where day or month come first, say the order: `dates` {where}."
    if reason == "wrong_type" and is_number(column):
        fix = f"Where a comma marks decimals, say so: `decimal_mark` {where}."
    return expected(column), fix
