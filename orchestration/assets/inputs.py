"""Checks of each input: is it fresh, does it contradict itself. They stand at the marts that say so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from orchestration.dbt.graph import Manifest
from orchestration.expectations import read_expectations
from orchestration.resources import Warehouse

FRESHNESS = dg.AssetKey(["marts", "input_freshness"])
WARNINGS = dg.AssetKey(["marts", "input_warnings"])
# What a warehouse without an input, or an input without an expectation, is not blamed for.
_NOT_LATE = ("fresh", "not_judged", "not_supplied")


def freshness_policy(key: dg.AssetKey) -> dg.FreshnessPolicy | None:
    """How often a landed table should be loaded again: no less often than its input is expected."""
    expected = read_expectations().get(key.path[-1])
    if expected is None:
        return None
    return dg.FreshnessPolicy.time_window(
        fail_window=dt.timedelta(days=expected.silent_after_days + 1),
        warn_window=dt.timedelta(days=expected.late_after_days),
    )


def input_checks(manifest: Manifest) -> list[dg.AssetChecksDefinition]:
    """Two checks per table of the contract; none in a project without the marts that they read."""
    # Where a mart lies before it is published differs between engines.
    marts = {
        node["name"]: f"{node['schema']}.{node['alias']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    if not {FRESHNESS.path[-1], WARNINGS.path[-1]} <= marts.keys():
        return []
    tables = sorted(
        source["name"] for source in manifest["sources"].values() if source["source_name"] == "raw"
    )

    @dg.multi_asset_check(
        name="input_checks",
        specs=[spec for table in tables for spec in (_fresh_spec(table), _consistent_spec(table))],
    )
    def checks(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.AssetCheckResult]:
        """Read what the marts say of each input."""
        freshness = warehouse.engine.rows(f"select * from {marts[FRESHNESS.path[-1]]}")
        warnings = warehouse.engine.rows(
            f"select table_name, kind, count(*) as rows_found from {marts[WARNINGS.path[-1]]} "
            "group by table_name, kind"
        )
        for row in freshness:
            table = row["table_name"]
            yield _result(_fresh_spec(table), passed=row["status"] in _NOT_LATE, metadata=_shown(row))
            kinds = {found["kind"]: found["rows_found"] for found in warnings if found["table_name"] == table}
            yield _result(_consistent_spec(table), passed=not kinds, metadata=kinds)

    return [checks]


def _fresh_spec(table: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        f"{table}_is_fresh",
        asset=FRESHNESS,
        description=f"{table} has records as often, and as many, as input_expectations says.",
    )


def _consistent_spec(table: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        f"{table}_is_consistent",
        asset=WARNINGS,
        description=f"No accepted row of {table} contradicts itself: input_warnings has none.",
    )


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("status", "newest_on", "days_late", "rows_last_day", "usual_rows_last_day", "affects_en")
    return {
        name: str(row[name]) if isinstance(row[name], dt.date) else row[name]
        for name in names
        if row[name] is not None
    }


def _result(spec: dg.AssetCheckSpec, *, passed: bool, metadata: Mapping[str, Any]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=dict(metadata),
    )
