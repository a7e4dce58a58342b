"""The rules of the health score as the seeds state them: read, checked, and named by a short hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TypeVar

from orchestration.errors import ProjectError

AXES = ("adoption", "maturity", "engagement", "sentiment", "support", "commercial")
ANY = "any"

SEEDS = (
    "health_measures",
    "health_bands",
    "health_settings",
    "lifecycle_stages",
    "health_actions",
    "playbooks",
)

Row = Mapping[str, object]
T = TypeVar("T")


class HealthConfigError(ProjectError, ValueError):
    """Seeds that cannot be scored with; the message has one line per problem: seed, row, what to do."""


@dataclass(frozen=True)
class Measure:
    """One fact about an account, and how far it is from bad (0) to good (1).

    `floor` and `ceiling` are in the unit of the source column, `weight` in any unit. A measure without
    `stale_after_days` never goes stale; empty `stages` means every stage.
    """

    measure_id: str
    axis: str
    source_column: str
    measured_on_column: str | None
    higher_is_better: bool
    floor: float
    ceiling: float
    weight: float
    stale_after_days: int | None
    min_tenure_days: int
    stages: tuple[str, ...]


@dataclass(frozen=True)
class Band:
    """A range of scores, from `min_score` up to the next band's."""

    health_band: str
    min_score: float


@dataclass(frozen=True)
class Stage:
    """A part of a customer's life: from `from_day` days after the first MRR until before `to_day`, if any."""

    lifecycle_stage: str
    from_day: int
    to_day: int | None


@dataclass(frozen=True)
class Play:
    """What to do next for the accounts that a row of the playbook fits; None fits every account."""

    lifecycle_stage: str | None
    health_band: str | None
    main_reason: str | None
    region: str | None
    action_id: str

    @property
    def specificity(self) -> tuple[int, bool, bool, bool, bool]:
        """Greater is more specific: more columns named, then region, reason, band and stage in this order."""
        named = (
            self.region is not None,
            self.main_reason is not None,
            self.health_band is not None,
            self.lifecycle_stage is not None,
        )
        return (sum(named), *named)


@dataclass(frozen=True)
class HealthConfig:
    """All that a score depends on beside the measured values.

    Measures are in the order of their id, bands from the highest to the lowest (whose `min_score` is 0),
    plays from the most to the least specific. `min_coverage` is a share (0-1), `hysteresis_points` are
    points of the score, `trend_min_days` days.
    """

    measures: tuple[Measure, ...]
    bands: tuple[Band, ...]
    unknown_band: str
    stages: tuple[Stage, ...]
    plays: tuple[Play, ...]
    min_coverage: float
    hysteresis_points: float
    trend_min_days: int

    @property
    def version(self) -> str:
        """Twelve hex digits that differ where a score could; labels and the order of rows do not count."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]


def health_config(seeds: Mapping[str, Iterable[Row]]) -> HealthConfig:
    """Build the configuration from the rows of `SEEDS`, each row a mapping of column to value.

    Raises:
        HealthConfigError: a value is missing, is not a number, contradicts another or is not known.
    """
    problems: list[str] = []
    measures = _parsed("health_measures", "measure_id", seeds, _measure, problems)
    bands = _parsed("health_bands", "health_band", seeds, _band, problems)
    stages = _parsed("lifecycle_stages", "lifecycle_stage", seeds, _stage, problems)
    settings = dict(_parsed("health_settings", "setting_id", seeds, _setting, problems))
    actions = _parsed("health_actions", "action_id", seeds, lambda row: _text(row, "action_id"), problems)
    plays = _parsed("playbooks", None, seeds, _play, problems)
    if not problems:
        problems += [
            *_measure_problems(measures, {stage.lifecycle_stage for stage in stages}),
            *_band_problems(bands),
            *_setting_problems(settings),
            *_play_problems(plays, measures, bands, stages, actions),
        ]
    if problems:
        raise HealthConfigError("\n".join(problems))
    scored = [Band(name, edge) for name, edge in bands if edge is not None]
    return HealthConfig(
        measures=tuple(sorted(measures, key=lambda measure: measure.measure_id)),
        bands=tuple(sorted(scored, key=lambda band: -band.min_score)),
        unknown_band=next(name for name, edge in bands if edge is None),
        stages=tuple(sorted(stages, key=lambda stage: stage.from_day)),
        plays=tuple(sorted(plays, key=lambda play: (play.specificity, repr(play)), reverse=True)),
        min_coverage=settings["min_coverage"],
        hysteresis_points=settings["hysteresis_points"],
        trend_min_days=round(settings["trend_min_days"]),
    )


def _parsed(
    seed: str,
    key: str | None,
    seeds: Mapping[str, Iterable[Row]],
    parse: Callable[[Row], T],
    problems: list[str],
) -> list[T]:
    """Parse a seed row by row; a row that cannot be read becomes a problem."""
    parsed, seen = [], set()
    for number, row in enumerate(seeds[seed], start=1):
        where = f"seeds/health/{seed}.csv, {row[key] if key else f'row {number}'}"
        if key and row[key] in seen:
            problems.append(f"{where}: stands there twice; keep one row.")
        seen.add(row[key] if key else number)
        try:
            parsed.append(parse(row))
        except ValueError as error:
            problems.append(f"{where}: {error}")
    return parsed


def _measure(row: Row) -> Measure:
    axis, direction = _text(row, "axis"), _text(row, "direction")
    if axis not in AXES:
        raise ValueError(f"axis is {axis!r}; expected one of {', '.join(AXES)}.")
    if direction not in ("higher", "lower"):
        raise ValueError(f"direction is {direction!r}; expected higher or lower (which of them is better).")
    stale_after_days = _optional_number(row, "stale_after_days")
    stages = [stage.strip() for stage in _text(row, "applies_to_stages").split("|")]
    return Measure(
        measure_id=_text(row, "measure_id"),
        axis=axis,
        source_column=_text(row, "source_column"),
        measured_on_column=_optional_text(row, "measured_on_column"),
        higher_is_better=direction == "higher",
        floor=_number(row, "floor"),
        ceiling=_number(row, "ceiling"),
        weight=_number(row, "weight"),
        stale_after_days=None if stale_after_days is None else round(stale_after_days),
        min_tenure_days=round(_optional_number(row, "min_tenure_days") or 0),
        stages=() if stages == [ANY] else tuple(sorted(stages)),
    )


def _band(row: Row) -> tuple[str, float | None]:
    return _text(row, "health_band"), _optional_number(row, "min_score")


def _stage(row: Row) -> Stage:
    to_day = _optional_number(row, "to_day")
    return Stage(
        lifecycle_stage=_text(row, "lifecycle_stage"),
        from_day=round(_number(row, "from_day")),
        to_day=None if to_day is None else round(to_day),
    )


def _setting(row: Row) -> tuple[str, float]:
    return _text(row, "setting_id"), _number(row, "setting_value")


def _play(row: Row) -> Play:
    def named(column: str) -> str | None:
        text = _text(row, column)
        return None if text == ANY else text

    return Play(
        lifecycle_stage=named("lifecycle_stage"),
        health_band=named("health_band"),
        main_reason=named("main_reason"),
        region=named("region"),
        action_id=_text(row, "action_id"),
    )


def _measure_problems(measures: list[Measure], stages: set[str]) -> Iterable[str]:
    for measure in measures:
        where = f"seeds/health/health_measures.csv, {measure.measure_id}"
        if measure.floor >= measure.ceiling:
            yield (
                f"{where}: floor {measure.floor:g} is not below ceiling {measure.ceiling:g}; "
                "where lower is better, say so in direction."
            )
        if measure.weight <= 0:
            yield f"{where}: weight is {measure.weight:g}; expected more than 0, or no such row."
        if measure.stale_after_days is not None and measure.measured_on_column is None:
            yield f"{where}: stale_after_days needs a measured_on_column to count from."
        for stage in sorted(set(measure.stages) - stages):
            yield f"{where}: stage {stage!r} is not in seeds/health/lifecycle_stages.csv."
    if not measures:
        yield "seeds/health/health_measures.csv has no rows; expected at least one measure."


def _band_problems(bands: list[tuple[str, float | None]]) -> Iterable[str]:
    edges = [edge for _, edge in bands if edge is not None]
    if len(bands) - len(edges) != 1:
        yield "seeds/health/health_bands.csv: expected one band without a min_score, for accounts without a score."
    if not edges or min(edges) != 0 or max(edges) > 100 or len(set(edges)) != len(edges):
        yield "seeds/health/health_bands.csv: expected a min_score from 0 (the lowest band) to 100, each once."


def _setting_problems(settings: Mapping[str, float]) -> Iterable[str]:
    for name, highest in (("min_coverage", 1.0), ("hysteresis_points", 100.0), ("trend_min_days", 366.0)):
        if name not in settings:
            yield f"seeds/health/health_settings.csv: {name} is missing; add its row."
        elif not 0 <= settings[name] <= highest:
            yield f"seeds/health/health_settings.csv, {name}: {settings[name]:g} is not between 0 and {highest:g}."


def _play_problems(
    plays: list[Play],
    measures: list[Measure],
    bands: list[tuple[str, float | None]],
    stages: list[Stage],
    actions: list[str],
) -> Iterable[str]:
    known = {
        "lifecycle_stage": ({stage.lifecycle_stage for stage in stages}, "lifecycle_stages"),
        "health_band": ({name for name, _ in bands}, "health_bands"),
        "main_reason": ({measure.measure_id for measure in measures}, "health_measures"),
        "action_id": (set(actions), "health_actions"),
    }
    seen = set()
    for number, play in enumerate(plays, start=1):
        where = f"seeds/health/playbooks.csv, row {number}"
        for column, (values, seed) in known.items():
            value = getattr(play, column)
            if value is not None and value not in values:
                yield f"{where}: {column} {value!r} is not in seeds/health/{seed}.csv."
        case = (play.lifecycle_stage, play.health_band, play.main_reason, play.region)
        if case in seen:
            yield f"{where}: an earlier row is for the same case; keep one of them."
        seen.add(case)


def _text(row: Row, column: str) -> str:
    text = _optional_text(row, column)
    if text is None:
        raise ValueError(f"{column} is empty; fill it in.")
    return text


def _optional_text(row: Row, column: str) -> str | None:
    value = row[column]
    return (str(value).strip() or None) if value is not None else None


def _number(row: Row, column: str) -> float:
    number = _optional_number(row, column)
    if number is None:
        raise ValueError(f"{column} is empty; expected a number.")
    return number


def _optional_number(row: Row, column: str) -> float | None:
    text = _optional_text(row, column)
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{column} is {text!r}; expected a number.") from None
    if not isfinite(number):
        raise ValueError(f"{column} is {text!r}; expected a number.")
    return number
