"""What may be said of rows in terminals, logs and Dagster: no value that may name a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

HIDDEN = "…"
# Columns of data tests that hold what a test says, not what a row holds.
_OF_TESTS = {"problem"}
# DuckDB and Spark quote the value that they could not take in errors of these kinds.
_QUOTES_VALUES = re.compile(
    r"(Conversion|Constraint|Invalid Input|Out of Range|Cast)\s*Error|CAST_INVALID_INPUT|"
    r"could not (convert|cast)",
    re.IGNORECASE,
)
_LINE_OF_FILE = re.compile(r"Original Line:.*")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def shown_columns(manifest: Mapping[str, Any]) -> set[str]:
    """The columns whose texts may be shown: those described in the project that nowhere contain PII."""
    described: set[str] = set()
    tagged: set[str] = set()
    for node in (*manifest["nodes"].values(), *manifest["sources"].values()):
        for name, column in node.get("columns", {}).items():
            meta = column.get("config", {}).get("meta") or column.get("meta") or {}
            (tagged if meta.get("contains_pii") else described).add(name)
    return (described | _OF_TESTS) - tagged


def shown_row(row: Mapping[str, Any], shown: Iterable[str]) -> str:
    """A row as `name=value, …`: texts of columns that may contain PII are hidden."""
    known = set(shown)
    return ", ".join(
        f"{name}={HIDDEN if isinstance(value, str) and name not in known else value}"
        for name, value in row.items()
    )


def without_values(message: str) -> str:
    """An engine's message without the values of rows that it quotes."""
    message = _LINE_OF_FILE.sub(f"Original Line: {HIDDEN}", message)
    return _QUOTED.sub(f'"{HIDDEN}"', message) if _QUOTES_VALUES.search(message) else message
