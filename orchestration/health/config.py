"""The rules of the health score as the seeds state them: read, checked, and named by a short hash."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orchestration.errors import ProjectError
from orchestration.health.seeds import (
    SEEDS,
    AxisRow,
    BandRow,
    MeasureRow,
    SeedRows,
    SettingRow,
    StageRow,
    file_of,
    read_rows,
)

__all__ = ["SEEDS", "Band", "HealthConfig", "HealthConfigError", "Measure", "Stage", "health_config"]

ANY = "any"
# The axis of what is due: it counts in the score, and is never the main reason.
TIMING = "timing"
# Every setting, and the least and greatest value of each.
SETTINGS = {
    "min_coverage": (0.0, 1.0),
    "hysteresis_points": (0.0, 100.0),
    "trend_min_days": (0.0, 366.0),
    "band_kept_days": (0.0, 366.0),
    "leaving_within_days": (0.0, 366.0),
    "backtest_accounts": (1.0, 1e9),
    "chance_min_leavers": (1.0, 1e9),
    "chance_min_churns": (1.0, 1e9),
    "chance_min_windows": (1.0, 1e4),
}


class HealthConfigError(ProjectError, ValueError):
    """Seeds that cannot be used; the message has one line per problem: seed, row, what to do."""


@dataclass(frozen=True)
class Measure:
    """One fact about an account, and how far it is from bad (0) to good (1).

    `floor` and `ceiling` are in the unit of the source column, `weight` in any unit. A measure without
    `stale_after_days` never goes stale; empty `stages` means every stage. Where `recorded_column` is false
    the company has no such input; without one the input is always there.
    """

    measure_id: str
    axis: str
    source_column: str
    measured_on_column: str | None
    recorded_column: str | None
    higher_is_better: bool
    floor: float
    ceiling: float
    weight: float
    stale_after_days: int | None
    min_tenure_days: int
    stages: tuple[str, ...]

    @property
    def is_timing(self) -> bool:
        """Whether it says what is due, not how the customer is doing."""
        return self.axis == TIMING


@dataclass(frozen=True)
class Band:
    """A range of scores, from `min_score` up to the next band's."""

    health_band: str
    min_score: float


@dataclass(frozen=True)
class Stage:
    """A part of a customer's life: from `from_day` days after it began to pay until before `to_day`."""

    lifecycle_stage: str
    from_day: int
    to_day: int | None


@dataclass(frozen=True)
class HealthConfig:
    """All that a score depends on beside the measured values, and how much of history a backtest reads.

    Axes are in their order, measures in the order of their id, bands from the highest to the lowest (whose
    `min_score` is 0). `min_coverage` is a share (0-1),
    `hysteresis_points` are points of the score, `trend_min_days`, `band_kept_days` and `leaving_within_days`
    days, `backtest_accounts` accounts at most.
    History gives chances where at least `chance_min_leavers` accounts have left, `chance_min_churns` of them
    within at least `chance_min_windows` windows that are over. `labels` are by language and then by the id of
    a measure, band or stage.
    """

    measures: tuple[Measure, ...]
    bands: tuple[Band, ...]
    unknown_band: str
    stages: tuple[Stage, ...]
    min_coverage: float
    hysteresis_points: float
    trend_min_days: int
    band_kept_days: int
    # Models read it: whom an end scheduled within these days makes a leaver.
    leaving_within_days: int
    # A score does not depend on these, so the version does not either.
    axes: tuple[str, ...] = field(repr=False)
    labels: Mapping[str, Mapping[str, str]] = field(repr=False)
    backtest_accounts: int = field(repr=False)
    chance_min_leavers: int = field(repr=False)
    chance_min_churns: int = field(repr=False)
    chance_min_windows: int = field(repr=False)

    @property
    def version(self) -> str:
        """Twelve hex digits that differ where a score could; labels and the order of rows do not count."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]

    @property
    def axis_columns(self) -> tuple[str, ...]:
        """The columns of the axes' scores, in their order."""
        return tuple(f"{axis}_score" for axis in self.axes)


def health_config(seeds: SeedRows) -> HealthConfig:
    """Build the configuration from the rows of `SEEDS`, each row a mapping of column to value.

    Raises:
        HealthConfigError: a column is unknown, or a value is missing, is not a number, contradicts another
            or is not known.
    """
    problems: list[str] = []
    axes = read_rows(AxisRow, seeds, problems)
    measures = read_rows(MeasureRow, seeds, problems)
    bands = read_rows(BandRow, seeds, problems)
    stages = read_rows(StageRow, seeds, problems)
    settings = {row.setting_id: row.setting_value for row in read_rows(SettingRow, seeds, problems)}
    if not problems:
        problems += [
            *_axis_problems(axes),
            *_measure_problems(measures, axes, stages),
            *_band_problems(bands),
            *_setting_problems(settings),
        ]
    if problems:
        raise HealthConfigError("\n".join(problems))
    scored = [Band(row.health_band, row.min_score) for row in bands if row.min_score is not None]
    return HealthConfig(
        measures=tuple(sorted(map(_measure, measures), key=lambda measure: measure.measure_id)),
        bands=tuple(sorted(scored, key=lambda band: -band.min_score)),
        unknown_band=next(row.health_band for row in bands if row.min_score is None),
        stages=tuple(sorted(map(_stage, stages), key=lambda stage: stage.from_day)),
        min_coverage=settings["min_coverage"],
        hysteresis_points=settings["hysteresis_points"],
        trend_min_days=round(settings["trend_min_days"]),
        band_kept_days=round(settings["band_kept_days"]),
        leaving_within_days=round(settings["leaving_within_days"]),
        axes=tuple(row.axis for row in sorted(axes, key=lambda row: row.axis_order)),
        labels=_labels(measures, bands, stages),
        backtest_accounts=round(settings["backtest_accounts"]),
        chance_min_leavers=round(settings["chance_min_leavers"]),
        chance_min_churns=round(settings["chance_min_churns"]),
        chance_min_windows=round(settings["chance_min_windows"]),
    )


def _labels(
    measures: Iterable[MeasureRow], bands: Iterable[BandRow], stages: Iterable[StageRow]
) -> dict[str, dict[str, str]]:
    named = [
        *((row.measure_id, row) for row in measures),
        *((row.health_band, row) for row in bands),
        *((row.lifecycle_stage, row) for row in stages),
    ]
    return {
        "en": {name: row.label_en for name, row in named},
        "ja": {name: row.label_ja for name, row in named},
    }


def _measure(row: MeasureRow) -> Measure:
    return Measure(
        measure_id=row.measure_id,
        axis=row.axis,
        source_column=row.source_column,
        measured_on_column=row.measured_on_column,
        recorded_column=row.recorded_column,
        higher_is_better=row.direction == "higher",
        floor=row.floor,
        ceiling=row.ceiling,
        weight=row.weight,
        stale_after_days=row.stale_after_days,
        min_tenure_days=row.min_tenure_days,
        stages=_stages_of(row),
    )


def _stages_of(row: MeasureRow) -> tuple[str, ...]:
    stages = [stage.strip() for stage in row.applies_to_stages.split("|")]
    return () if stages == [ANY] else tuple(sorted(stages))


def _stage(row: StageRow) -> Stage:
    return Stage(row.lifecycle_stage, row.from_day, row.to_day)


def _axis_problems(axes: list[AxisRow]) -> Iterable[str]:
    for row in axes:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", row.axis):
            yield (
                f"{file_of('health_axes')}, {row.axis}: names the column {row.axis}_score; "
                "expected small letters, digits and underscores."
            )
    if len({row.axis_order for row in axes}) != len(axes):
        yield f"{file_of('health_axes')}: two axes have one axis_order; give each its own."


def _measure_problems(
    measures: list[MeasureRow], axes: list[AxisRow], stages: list[StageRow]
) -> Iterable[str]:
    known_axes = [row.axis for row in axes]
    known_stages = {row.lifecycle_stage for row in stages}
    for row in measures:
        where = f"{file_of('health_measures')}, {row.measure_id}"
        if row.axis not in known_axes:
            yield f"{where}: axis is {row.axis!r}; expected one of {', '.join(known_axes)}."
        if row.floor >= row.ceiling:
            yield (
                f"{where}: floor {row.floor:g} is not below ceiling {row.ceiling:g}; "
                "where lower is better, say so in direction."
            )
        if row.weight <= 0:
            yield f"{where}: weight is {row.weight:g}; expected more than 0, or no such row."
        if row.stale_after_days is not None and row.measured_on_column is None:
            yield f"{where}: stale_after_days needs a measured_on_column to count from."
        for stage in sorted(set(_stages_of(row)) - known_stages):
            yield f"{where}: stage {stage!r} is not in {file_of('lifecycle_stages')}."
    if not measures:
        yield f"{file_of('health_measures')} has no rows; expected at least one measure."


def _band_problems(bands: list[BandRow]) -> Iterable[str]:
    where = file_of("health_bands")
    edges = [row.min_score for row in bands if row.min_score is not None]
    if len(bands) - len(edges) != 1:
        yield f"{where}: expected one band without a min_score, for accounts without a score."
    if not edges or min(edges) != 0 or max(edges) > 100 or len(set(edges)) != len(edges):
        yield f"{where}: expected a min_score from 0 (the lowest band) to 100, each once."


def _setting_problems(settings: Mapping[str, float]) -> Iterable[str]:
    for name, (lowest, highest) in SETTINGS.items():
        if name not in settings:
            yield f"{file_of('health_settings')}: {name} is missing; add its row."
        elif not lowest <= settings[name] <= highest:
            yield (
                f"{file_of('health_settings')}, {name}: {settings[name]:g} is not between "
                f"{lowest:g} and {highest:g}."
            )
    for name in settings.keys() - SETTINGS.keys():
        yield f"{file_of('health_settings')}, {name}: is no setting; expected one of {', '.join(SETTINGS)}."
