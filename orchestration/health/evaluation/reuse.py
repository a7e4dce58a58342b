"""Keeps the last backtest: on most nights no window closes, and what is known of the closed ones stays."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from orchestration.health.config import HealthConfig
from orchestration.health.evaluation.backtest import WINDOWS, Backtest, run_backtest
from orchestration.health.evaluation.metrics import Quality, on_one_thread
from orchestration.health.evaluation.observations import Customers, Observations

# What else the figures follow from.
_LIBRARIES = ("numpy", "scipy", "scikit-learn")


def reused_backtest(observations: Observations, config: HealthConfig, path: Path) -> Backtest:
    """The backtest of these observations; the one kept at `path` where it was of the same."""
    closed = observations.closed(WINDOWS)
    key = _key(closed, config)
    kept = _kept(path, key)
    if kept is not None:
        return kept
    with on_one_thread():
        backtest = run_backtest(closed, config)
    content = {"key": key, **asdict(backtest)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, default=dt.date.isoformat), encoding="utf-8")
    return backtest


def _kept(path: Path, key: str) -> Backtest | None:
    """The backtest in a file; None where there is none, or one of something else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("key") != key:
            return None
        for row in content["windows"]:
            row |= {name: dt.date.fromisoformat(row[name]) for name in ("as_of_from", "as_of_to")}
        for name in ("suggested", "score_on_same"):
            content[name] = Quality(**content[name]) if content[name] else None
        for row in content["curve_rows"]:
            row["from_date"] = dt.date.fromisoformat(row["from_date"])
        if content["workload"]:
            day = content["workload"]["as_of_date"]
            content["workload"]["as_of_date"] = dt.date.fromisoformat(day)
        return Backtest(**content)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _key(observations: Observations, config: HealthConfig) -> str:
    """A SHA-256 of all that a backtest follows from: what was observed, the rules, and the code."""
    rules = (config, config.chance_min_leavers, config.chance_min_churns, config.chance_min_windows)
    digest = hashlib.sha256(repr((*rules, [(name, version(name)) for name in _LIBRARIES])).encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    for field in fields(observations):
        for name, value in _named(field.name, getattr(observations, field.name)):
            found = np.ascontiguousarray(value)
            digest.update(repr((name, found.dtype.str, found.shape)).encode())
            digest.update(found.data.cast("B") if found.size else b"")
    return digest.hexdigest()


def _named(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict | Customers):
        parts = value if isinstance(value, dict) else vars(value)
        for key, part in parts.items():
            yield f"{name}.{key}", part
    else:
        yield name, value
