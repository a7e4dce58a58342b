"""The backtest in plain words, in English and Japanese, with a calibration and a lift plot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from orchestration.health.config import HealthConfig
from orchestration.health.evaluation.backtest import (
    HORIZONS,
    LAG_DAYS,
    LATEST_DATES,
    MAIN_HORIZON,
    Backtest,
    Row,
)
from orchestration.health.evaluation.plots import MODELS, PICTURE_FILES, japanese_font, pictures
from orchestration.health.evaluation.report_texts import LANGUAGES, text
from orchestration.health.seeds import file_of

REPORT_FILES = {"en": "health_backtest.md", "ja": "health_backtest.ja.md"}
# What the score is compared with in the first paragraph.
_BASELINES = ("end_of_term", "recency", "tenure")
_SEGMENTS = ("lifecycle_stage", "notice", "billing_months", "billing_months_without_notice")
_SHOWN = 10


def write_report(backtest: Backtest, config: HealthConfig, folder: Path) -> dict[str, str]:
    """Write the report in every language, and its pictures, into a folder; the Markdown by language."""
    font = japanese_font() if backtest.calibration else None
    found = {language: report(backtest, config, language, font) for language in LANGUAGES}
    folder.mkdir(parents=True, exist_ok=True)
    for language, markdown in found.items():
        (folder / REPORT_FILES[language]).write_text(markdown, encoding="utf-8")
    shown = pictures(backtest) | (pictures(backtest, "ja", font) if font else {})
    for names in PICTURE_FILES.values():
        for name in names:
            (folder / name).unlink(missing_ok=True)
    for name, picture in shown.items():
        (folder / name).write_bytes(picture)
    return found


def report(
    backtest: Backtest, config: HealthConfig, language: str = "en", japanese_font: Path | None = None
) -> str:
    """The report as Markdown; `language` is one of LANGUAGES. Plots are English without a Japanese font."""
    plotted = language if language == "en" or japanese_font else "en"
    return _Report(backtest, config, language, plotted).markdown()


def is_better_than(backtest: Backtest, model: str) -> bool | None:
    """Whether the score predicts better than a simpler model; None with too little history."""
    score, other = backtest.figure("score"), backtest.figure(model)
    if score is None or other is None or score["auc"] is None or other["auc"] is None:
        return None
    return score["auc"] > other["auc"]


def is_coin(row: Row) -> bool:
    """Whether the interval of an AUC holds 0.5, so that it may be chance."""
    return row["auc_low"] is not None and row["auc_low"] <= 0.5 <= row["auc_high"]


@dataclass(frozen=True)
class _Report:
    """One report in one language; `plotted` is that of its plots."""

    backtest: Backtest
    config: HealthConfig
    language: str
    plotted: str

    def markdown(self) -> str:
        main = self.backtest.figure("score")
        if main is None or main["auc"] is None:
            parts = [self.say("title"), self.say("too_little_history", days=MAIN_HORIZON)]
        else:
            parts = [self.say("title"), self.answer(main), *self.sections()]
        return "\n\n".join(part for part in parts if part) + "\n"

    @property
    def say(self) -> partial[str]:
        return partial(text, language=self.language)

    @property
    def to(self) -> str:
        """Between the ends of an interval."""
        return " to " if self.language == "en" else "~"

    @property
    def is_enough(self) -> bool:
        """Whether so many accounts left that an order is more than chance."""
        main = self.backtest.figure("score")
        return main is not None and main["churned"] >= self.config.chance_min_churns

    def label(self, name: str) -> str:
        return self.config.labels.get(self.language, {}).get(name, name)

    def sections(self) -> Iterator[str]:
        yield self.say("figures")
        yield from (self.figures(horizon) for horizon in HORIZONS)
        yield self.say("figures_note")
        yield self.say("bands")
        yield from self.bands()
        yield self.say("edges")
        yield from self.edges()
        yield self.say("chance")
        yield from self.chance()
        yield self.say("segments")
        yield from (self.segment(dimension) for dimension in _SEGMENTS)
        yield self.coverage()
        yield self.say("indicators")
        yield from self.indicators()
        yield self.say("suggestions")
        yield from self.suggestions()
        yield self.say("method")
        yield self.say("method_text")
        yield self.say("method_recorded")

    def answer(self, main: Row) -> str:
        figures = {**main, "interval": self.interval(main), "days": MAIN_HORIZON}
        said = [self.say("answer", **figures)]
        if is_coin(main):
            said.append(self.say("answer_coin"))
        if self.is_enough:
            said.append(self.say("answer_lift", lift=main["lift_top_decile"]))
        else:
            said.append(self.say("answer_few", minimum=self.config.chance_min_churns))
        for model in _BASELINES:
            other = self.backtest.figure(model)
            if other is None or other["auc"] is None:
                continue
            verdict = "no_better"
            if main["auc"] > other["auc"]:
                verdict = "better" if other["auc"] < main["auc_low"] else "not_clearly_better"
            name = self.say(f"model_{model}")
            shown = name[0].lower() + name[1:] if self.language == "en" else name
            said.append(self.say(verdict, model=shown, auc=other["auc"]))
        latest = self.backtest.figure("score", latest=True)
        if latest is not None and latest is not main and latest["auc"] is not None:
            said.append(self.say("answer_latest", dates=LATEST_DATES, interval=self.interval(latest)))
        return (" " if self.language == "en" else "").join(said)

    def figures(self, horizon: int) -> str:
        rows = [(model, self.backtest.figure(model, horizon)) for model in MODELS]
        return _table(
            self.say("figures_head", days=horizon),
            [
                [
                    self.say(f"model_{model}"),
                    self.interval(row),
                    _shown(row["lift_top_decile"], ".1f"),
                    _shown(row["brier"], ".4f"),
                    f"{row['account_dates']:,}",
                    f"{row['churned_account_dates']:,}",
                ]
                for model, row in rows
                if row is not None
            ],
        )

    def bands(self) -> Iterator[str]:
        for dates in ("all", "latest"):
            found = {
                notice: {
                    row["health_band"]: row
                    for row in self.backtest.bands
                    if (row["dates"], row["notice"]) == (dates, notice)
                }
                for notice in ("all", "none")
            }
            shown = self.say(f"dates_{dates}", dates=LATEST_DATES)
            yield self.say("bands_intro", days=MAIN_HORIZON, dates=shown)
            yield _table(
                self.say("bands_head"),
                [
                    [
                        self.label(band),
                        _percent(row["share_of_customers"]),
                        *_worth(row),
                        *_worth(found["none"].get(band)),
                    ]
                    for band, row in found["all"].items()
                ],
            )

    def edges(self) -> Iterator[str]:
        workload = self.backtest.workload
        edges = ", ".join(
            f"{self.label(band.health_band)} {band.min_score:g}"
            for band in self.config.bands
            if band.min_score
        )
        yield self.say("edges_intro", edges=edges, file=file_of("health_bands"))
        per_csm = workload["customers"] / workload["csms"] if workload["csms"] else None
        yield _table(
            self.say("edges_head"),
            [
                [
                    f"{row['below']:g}",
                    _percent(row["share_of_customers"]),
                    "-" if per_csm is None else f"{row['share_of_customers'] * per_csm:.0f}",
                    *_worth(row),
                ]
                for row in self.backtest.edges
            ],
        )
        yield self.say("edges_workload" if per_csm is not None else "edges_no_csm", **workload)

    def chance(self) -> Iterator[str]:
        newest = [curve for curve in self.backtest.curves if curve.horizon_days == MAIN_HORIZON][-1]
        if newest.reason:
            minima = {name: getattr(self.config, name) for name in _MINIMA}
            reason = self.say(f"reason_{newest.reason}", **minima)
            yield self.say("chance_none", days=MAIN_HORIZON, reason=reason)
        else:
            yield self.say("chance_made", days=MAIN_HORIZON, from_date=newest.from_date)
        yield _table(
            self.say("calibration_head"),
            [
                [
                    f"{row['chance']:.1%}",
                    f"{row['rate']:.1%} ({row['rate_low']:.1%}{self.to}{row['rate_high']:.1%})",
                    f"{row['account_dates']:,}",
                    f"{row['churned']:,}",
                    f"{row['accounts']:,}",
                ]
                for row in self.backtest.calibration
            ],
        )
        if self.backtest.calibration:
            calibration_file, lift_file = PICTURE_FILES[self.plotted]
            yield f"![{self.say('calibration_picture')}]({calibration_file})"
            yield f"![{self.say('lift_picture')}]({lift_file})"
            if self.plotted != self.language:
                yield self.say("pictures_note")

    def segment(self, dimension: str) -> str:
        rows = [
            row
            for row in self.backtest.windows
            if row["model"] == "score"
            and row["segment_dimension"] == dimension
            and row["horizon_days"] == MAIN_HORIZON
        ]
        chances = {
            row["segment_value"]: row
            for row in self.backtest.windows
            if row["model"] == "chance"
            and row["segment_dimension"] == dimension
            and row["horizon_days"] == MAIN_HORIZON
        }
        stages = [stage.lifecycle_stage for stage in self.config.stages]

        def place(row: Row) -> tuple[int, int, str]:
            # Stages in their order, months by number.
            value = row["segment_value"]
            return (stages.index(value) if value in stages else 0, len(value), value)

        return _table(
            self.say("segments_head", dimension=self.say(f"segment_{dimension}")),
            [
                [
                    self.segment_value(dimension, row["segment_value"]),
                    self.interval(row),
                    self.interval(chances.get(row["segment_value"])),
                    f"{row['account_dates']:,}",
                    f"{row['churned_account_dates']:,}",
                ]
                for row in sorted(rows, key=place)
            ],
        )

    def segment_value(self, dimension: str, value: str) -> str:
        if value == "unknown":
            return self.say("unknown")
        if dimension == "notice":
            return self.say(f"notice_{value}")
        return self.label(value)

    def coverage(self) -> str:
        workload = self.backtest.workload
        return self.say(
            "coverage",
            as_of_date=workload["as_of_date"],
            without=1 - workload["scored_rate"],
            without_of_all_dates=1 - workload["scored_rate_of_all_dates"],
        )

    def indicators(self) -> Iterator[str]:
        if not self.is_enough:
            yield self.say("indicators_few", minimum=self.config.chance_min_churns)
            return
        rows = [
            row
            for row in self.backtest.indicators
            if row["target_kpi_id"] == "customer_churn_rate"
            and row["lag_days"] == 0
            and row["auc"] is not None
        ]
        rows.sort(key=lambda row: (-row["auc"], row["indicator_id"]))
        better = [row for row in rows if not is_coin(row) and row["direction_agrees"]]
        yield _table(
            self.say("indicators_head", days=LAG_DAYS),
            [[self.label(row["indicator_id"]), self.interval(row)] for row in better[:_SHOWN]],
        ) or self.say("indicators_none")
        against = [row for row in rows if not is_coin(row) and not row["direction_agrees"]]
        for key, found in (("indicators_coin", filter(is_coin, rows)), ("indicators_against", against)):
            names = [self.label(row["indicator_id"]) for row in found]
            if names:
                yield self.say(key, names=(", " if self.language == "en" else "、").join(names))

    def suggestions(self) -> Iterator[str]:
        if not self.is_enough:
            yield self.say("suggestions_few", minimum=self.config.chance_min_churns)
            return
        rows = sorted(
            self.backtest.suggestions,
            key=lambda row: (-abs(row["suggested_weight"] - row["weight"]), row["measure_id"]),
        )
        yield _table(
            self.say("suggestions_head"),
            [
                [self.label(row["measure_id"]), f"{row['weight']:g}", f"{row['suggested_weight']:g}"]
                for row in rows[:_SHOWN]
            ],
        )
        suggested, present = self.backtest.suggested, self.backtest.score_on_same
        if suggested is not None and present is not None:
            yield self.say(
                "suggestions_worth",
                suggested=suggested.auc,
                present=present.auc,
                file=file_of("health_measures"),
            )

    def interval(self, row: Row | None) -> str:
        """An AUC with its interval, and what it means where the interval holds 0.5."""
        if row is None or row["auc"] is None:
            return "-"
        shown = f"{row['auc']:.3f} ({_shown(row['auc_low'], '.3f')}{self.to}{_shown(row['auc_high'], '.3f')})"
        return f"{shown}, {self.say('coin')}" if is_coin(row) else shown


_MINIMA = ("chance_min_leavers", "chance_min_churns", "chance_min_windows")


def _worth(row: Row | None) -> list[str]:
    if row is None:
        return ["-", "-", "-"]
    return [_percent(row[name]) for name in ("churn_rate", "share_of_churned", "share_of_lost_mrr")]


def _table(head: str, rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; empty where it has no rows."""
    if not rows:
        return ""
    lines = [head, "|" + "---|" * (head.count("|") - 1)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _percent(number: float | None) -> str:
    return _shown(number, ".1%")


def _shown(number: float | None, form: str) -> str:
    return "-" if number is None else format(number, form)
