"""The dbt sources in `models/staging/_sources.yml`, read strictly.

dbt and its macros take no notice of a key that they do not know, so a mistyped rule would be off without a
word. Here it is an error.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestration.errors import ProjectError
from orchestration.settings import PROJECT_DIR

SOURCES_PATH = PROJECT_DIR / "models" / "staging" / "_sources.yml"


class ContractError(ProjectError, ValueError):
    """Sources that contradict themselves; the message has one line per problem: file, place, what to do."""


class Strict(BaseModel):
    """A part of the file: no unknown key, and no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NoMeta(Strict):
    """A `config.meta` without keys."""


TableMeta = TypeVar("TableMeta", bound=BaseModel)
ColumnMeta = TypeVar("ColumnMeta", bound=BaseModel)
Meta = TypeVar("Meta", bound=BaseModel)


class Config(Strict, Generic[Meta]):
    """dbt keeps what it does not know itself in `config.meta`."""

    meta: Meta


class TableConfig(Config[Meta], Generic[Meta]):
    """A table also has what `dbt source freshness` reads."""

    freshness: dict[str, dict[str, int | str]] | None = None
    loaded_at_field: str | None = None


class ColumnNode(Strict, Generic[ColumnMeta]):
    """One column of a source table."""

    name: str
    data_type: str
    description: str = ""
    config: Config[ColumnMeta] | None = None


class TableNode(Strict, Generic[TableMeta, ColumnMeta]):
    """One table of a source."""

    name: str
    description: str
    config: TableConfig[TableMeta] | None = None
    columns: list[ColumnNode[ColumnMeta]]


class Dagster(Strict):
    """What Dagster's dbt integration reads."""

    group: str
    asset_key: list[str] | None = None


class DagsterMeta(Strict):
    """A `config.meta` that only Dagster reads."""

    dagster: Dagster


class SourceNode(Strict, Generic[TableMeta, ColumnMeta]):
    """One dbt source."""

    name: str
    description: str
    schema_name: str = Field(alias="schema")
    config: Config[DagsterMeta] | None = None
    tables: list[TableNode[TableMeta, ColumnMeta]]


class SourcesFile(Strict):
    """The file as a whole; each source is read by the one who needs it."""

    version: int
    sources: list[dict[str, Any]]


def read_source(
    name: str, kind: type[SourceNode[TableMeta, ColumnMeta]], path: Path = SOURCES_PATH
) -> SourceNode[TableMeta, ColumnMeta]:
    """Read the dbt source `name` in the file at `path`; `kind` says which keys its `config.meta` may have.

    Raises:
        ContractError: the source is missing, or a key or value of it is wrong; every problem is named.
    """
    # The parser in C takes a tenth of the time.
    content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    try:
        sources = SourcesFile.model_validate(content).sources
        found = next((source for source in sources if source.get("name") == name), None)
        if found is None:
            raise ContractError(f"{shown(path)} has no source {name}; expected one of that name.")
        content = found
        return kind.model_validate(found)
    except ValidationError as error:
        metas = kind.__pydantic_generic_metadata__["args"]
        known = {place: [*meta.model_fields] for place, meta in zip(("table", "column"), metas, strict=True)}
        problems = [
            f"{shown(path)}, {_problem(content, problem, known)}"
            for problem in error.errors(include_url=False)
        ]
        raise ContractError("\n".join(problems)) from None


def shown(path: Path) -> str:
    """The path as people know it: from the project's folder on."""
    return str(path.relative_to(PROJECT_DIR)) if path.is_relative_to(PROJECT_DIR) else path.name


def _problem(content: Any, problem: Mapping[str, Any], known: Mapping[str, Sequence[str]]) -> str:
    """One sentence: where, which key, what is wrong with it, what to do."""
    names, keys = _place(content, problem["loc"])
    where = ", ".join(f"{kind} {name}" for kind, name in names) or "at the top"
    key = ".".join(map(str, keys))
    if problem["type"] == "missing":
        return f"{where}: {key} is missing; add it."
    if problem["type"] != "extra_forbidden":
        expected = problem["msg"].removeprefix("Input should be ")
        return f"{where}: {key} is {problem['input']!r}; expected {expected}."
    rules = known.get(names[-1][0] if names else "", ())
    return f"{where}: the key {key} is not known; {_advice(keys, rules)}"


def _advice(keys: Sequence[str | int], rules: Sequence[str]) -> str:
    """What an unknown key may stand for; `rules` are the keys of `config.meta` where it stands."""
    name = str(keys[-1])
    if name in rules:
        return f"{name} belongs in config.meta."
    near = nearest(name, rules)
    return f"did you mean {near}?" if near else "correct or remove it."


def _place(content: Any, path: Sequence[str | int]) -> tuple[list[tuple[str, str]], list[str | int]]:
    """The table and column that a path of keys leads through, and the keys after them."""
    names: list[tuple[str, str]] = []
    node, rest = content, list(path)
    while len(rest) > 1 and rest[0] in ("tables", "columns"):
        parts, number, *rest = rest
        node = node[parts][number]
        name = node.get("name") if isinstance(node, dict) else node
        names.append((str(parts).removesuffix("s"), str(name)))
    return names, rest


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` may stand for, blind to case, spaces and hyphens; None where none is near."""
    plain = {_plain(candidate): candidate for candidate in candidates}
    matches = difflib.get_close_matches(_plain(name), plain, n=1)
    return plain[matches[0]] if matches else None


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")
