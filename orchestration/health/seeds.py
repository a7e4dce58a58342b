"""Typed rows of the seeds of the health score: no unknown column, no value that makes no sense.

Values come as text from a file or typed from a database; an empty text is no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from orchestration.sources import nearest

# Seeds as they are read: the rows of each, by name.
SeedRows = Mapping[str, Iterable[Mapping[str, object]]]


def _optional_text(value: object) -> str | None:
    return None if value is None else str(value).strip() or None


def _text(value: object) -> str:
    text = _optional_text(value)
    if text is None:
        raise ValueError("is empty; fill it in.")
    return text


def _optional_number(value: object) -> float | None:
    text = _optional_text(value)
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"is {text!r}; expected a number.") from None
    if not isfinite(number):
        raise ValueError(f"is {text!r}; expected a number.")
    return number


def _number(value: object) -> float:
    number = _optional_number(value)
    if number is None:
        raise ValueError("is empty; expected a number.")
    return number


def _optional_whole(value: object) -> int | None:
    number = _optional_number(value)
    if number is not None and number % 1:
        raise ValueError(f"is {number:g}; expected a whole number.")
    return None if number is None else int(number)


def _whole(value: object) -> int:
    return int(_number(_optional_whole(value)))


def _direction(value: object) -> str:
    text = _text(value)
    if text not in ("higher", "lower"):
        raise ValueError(f"is {text!r}; expected higher or lower (which of them is better).")
    return text


Text = Annotated[str, BeforeValidator(_text)]
OptionalText = Annotated[str | None, BeforeValidator(_optional_text)]
Number = Annotated[float, BeforeValidator(_number)]
OptionalNumber = Annotated[float | None, BeforeValidator(_optional_number)]
Whole = Annotated[int, BeforeValidator(_whole)]
OptionalWhole = Annotated[int | None, BeforeValidator(_optional_whole)]
Direction = Annotated[Literal["higher", "lower"], BeforeValidator(_direction)]


class SeedRow(BaseModel):
    """One row of the seed `seed`; each value of the column `key` may stand there once."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    seed: ClassVar[str]
    key: ClassVar[str | None]


class AxisRow(SeedRow):
    """One side of an account's health; every table with scores has a column `<axis>_score`."""

    seed, key = "health_axes", "axis"
    axis: Text
    axis_order: Whole
    label_en: Text
    label_ja: Text


class MeasureRow(SeedRow):
    """One measure: where it is found, its scale, and what it counts."""

    seed, key = "health_measures", "measure_id"
    measure_id: Text
    axis: Text
    source_column: Text
    measured_on_column: OptionalText
    recorded_column: OptionalText
    direction: Direction
    floor: Number
    ceiling: Number
    weight: Number
    stale_after_days: OptionalWhole
    min_tenure_days: Whole
    applies_to_stages: Text
    label_en: Text
    label_ja: Text


class BandRow(SeedRow):
    """One band; the one without `min_score` is for accounts without a score."""

    seed, key = "health_bands", "health_band"
    health_band: Text
    min_score: OptionalNumber
    label_en: Text
    label_ja: Text


class SettingRow(SeedRow):
    """One number that the score as a whole depends on."""

    seed, key = "health_settings", "setting_id"
    setting_id: Text
    setting_value: Number
    description: Text


class StageRow(SeedRow):
    """One part of a customer's life, in days since it began to pay."""

    seed, key = "lifecycle_stages", "lifecycle_stage"
    lifecycle_stage: Text
    from_day: Whole
    to_day: OptionalWhole
    label_en: Text
    label_ja: Text


SEEDS = tuple(row.seed for row in (AxisRow, MeasureRow, BandRow, SettingRow, StageRow))

R = TypeVar("R", bound=SeedRow)


def file_of(seed: str) -> str:
    """The file of a seed, from the project's folder on."""
    return f"seeds/health/{seed}.csv"


def read_rows(kind: type[R], seeds: SeedRows, problems: list[str]) -> list[R]:
    """The rows of one seed; what is wrong with a row is added to `problems`, one sentence each."""
    found: list[R] = []
    seen: set[object] = set()
    sentences: list[str] = []
    for number, row in enumerate(seeds[kind.seed], start=1):
        name = row.get(kind.key) if kind.key else None
        where = f"{file_of(kind.seed)}, {name or f'row {number}'}"
        if name is not None and name in seen:
            sentences.append(f"{where}: stands there twice; keep one row.")
        seen.add(name)
        try:
            found.append(kind.model_validate(dict(row)))
        except ValidationError as error:
            sentences += [_sentence(kind, where, problem) for problem in error.errors(include_url=False)]
    # A wrong column is wrong in every row, and said once.
    problems += dict.fromkeys(sentences)
    return found


def _sentence(kind: type[SeedRow], where: str, problem: Mapping[str, Any]) -> str:
    column = problem["loc"][0]
    if problem["type"] == "missing":
        return f"{file_of(kind.seed)}: the column {column} is missing; add it."
    if problem["type"] == "extra_forbidden":
        near = nearest(column, kind.model_fields)
        advice = f"did you mean {near}?" if near else "remove it."
        return f"{file_of(kind.seed)}: the column {column} is not known; {advice}"
    return f"{where}: {column} {problem['msg'].removeprefix('Value error, ')}"
