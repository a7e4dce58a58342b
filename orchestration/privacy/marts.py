"""Which columns of the marts contain PII, as the YAML beside each mart says."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from orchestration.settings import PROJECT_DIR

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def mart_pii(project_dir: Path = PROJECT_DIR) -> Mapping[str, Mapping[str, str]]:
    """The kind of PII by mart and column, of every column that contains any."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((project_dir / "models" / "marts").rglob("*.yml")):
        for model in yaml.load(path.read_text(encoding="utf-8"), _Loader).get("models", []):
            for column in model.get("columns", []):
                kind = column.get("config", {}).get("meta", {}).get("contains_pii")
                if kind:
                    found.setdefault(model["name"], {})[column["name"]] = kind
    return found
