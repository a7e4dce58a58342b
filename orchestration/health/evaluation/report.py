"""The backtest in plain words, with a calibration and a lift plot."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestration.health.evaluation.backtest import (
    HORIZONS,
    LAG_DAYS,
    LATEST_DATES,
    MAIN_HORIZON,
    Backtest,
    Row,
)
from orchestration.health.seeds import file_of

REPORT_FILE = "health_backtest.md"
CALIBRATION_FILE = "health_calibration.png"
LIFT_FILE = "health_lift.png"
_MODELS = {
    "score": "Health score",
    "tenure": "Tenure alone",
    "recency": "Days since last use alone",
    "logistic": "Logistic regression on all measures",
}
_SHOWN = 10


def write_report(backtest: Backtest, labels: Mapping[str, str], folder: Path) -> str:
    """Write the report and its pictures into a folder; the Markdown of the report."""
    markdown = report(backtest, labels)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT_FILE).write_text(markdown, encoding="utf-8")
    for name, picture in pictures(backtest).items():
        (folder / name).write_bytes(picture)
    return markdown


def report(backtest: Backtest, labels: Mapping[str, str]) -> str:
    """The report as Markdown; `labels` names each measure."""
    main = backtest.figure("score")
    if main is None or main["auc"] is None:
        return (
            "# Does the health score predict churn?\n\n"
            f"Too little history yet: too few accounts left within {MAIN_HORIZON} days after a date whose "
            f"{MAIN_HORIZON} days are over. Run on; the answer comes with more history.\n"
        )
    parts = [
        "# Does the health score predict churn?",
        _answer(backtest, main),
        "## Figures",
        *[_table(backtest, horizon) for horizon in HORIZONS],
        "Lift: the churn rate in the lowest tenth of scores divided by the churn rate of all. Intervals are "
        "95 % confidence intervals; they count accounts, not rows, as an account is there on many dates. "
        "Brier score: the mean squared error of the predicted chance, lower is better; a curve fitted on "
        "earlier dates turns a score into a chance.",
        f"![Predicted chance against churn rate]({CALIBRATION_FILE})",
        f"![Share of churned accounts by risk]({LIFT_FILE})",
        "## By lifecycle stage",
        _segments(backtest),
        "## What predicts churn best",
        _indicators(backtest, labels),
        "## Weights that history suggests",
        _suggestions(backtest, labels),
        "## How this was measured",
        "For every past month-end whose horizon is over, the customers of that day are ranked by their score "
        "of that day, which uses only what had happened by then. A customer left if its MRR fell to zero "
        "within the horizon. AUC is the chance that, of a customer who left and one who stayed, the one who "
        "left had the lower score: 0.5 is a coin toss, 1 is perfect. The logistic regression is tested on "
        "dates later than those it was fitted on, so it has no figures for the first dates.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def pictures(backtest: Backtest) -> dict[str, bytes]:
    """The plots as PNG by file name; none without history."""
    if not backtest.calibration:
        return {}
    # Imported late: every command would wait for it.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    def png(title: str, across: str, up: str, lines: Sequence[tuple[str, list[float], list[float]]]) -> bytes:
        figure = Figure(figsize=(6, 4.5), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot(title=title, xlabel=across, ylabel=up)
        for label, x, y in lines:
            axes.plot(x, y, marker="o", markersize=3, label=label)
        axes.grid(alpha=0.3)
        axes.legend()
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=110, metadata={"Software": None})
        return file.getvalue()

    chances = [chance for chance, _, _ in backtest.calibration]
    rates = [rate for _, rate, _ in backtest.calibration]
    top = max(*chances, *rates)
    tenths = [10.0 * number for number in range(11)]
    shares = []
    for name, label in _MODELS.items():
        running = [0.0]
        for share in backtest.lift.get(name, []):
            running.append(running[-1] + 100 * share)
        if len(running) == len(tenths):
            shares.append((label, tenths, running))
    return {
        CALIBRATION_FILE: png(
            f"Chance of leaving within {MAIN_HORIZON} days",
            "predicted chance, mean of a tenth of the accounts",
            "churn rate",
            [("Health score", chances, rates), ("as predicted", [0, top], [0, top])],
        ),
        LIFT_FILE: png(
            f"Accounts that left within {MAIN_HORIZON} days",
            "share of accounts, riskiest first (%)",
            "share of the accounts that left (%)",
            [*shares, ("by chance", [0, 100], [0, 100])],
        ),
    }


def is_better_than(backtest: Backtest, model: str) -> bool | None:
    """Whether the score predicts better than a simpler model; None with too little history."""
    score, other = backtest.figure("score"), backtest.figure(model)
    if score is None or other is None or score["auc"] is None or other["auc"] is None:
        return None
    return score["auc"] > other["auc"]


def _answer(backtest: Backtest, main: Row) -> str:
    lift = main["lift_top_decile"]
    sentences = [
        f"Of two customers, one who left within {MAIN_HORIZON} days and one who stayed, the one who left had "
        f"the lower score in {main['auc']:.0%} of the pairs (AUC {_interval(main)}). The lowest tenth of "
        f"scores held {lift:.1f} times as many accounts that left as a tenth picked by chance. This rests on "
        f"{main['account_dates']:,} scores of {main['accounts']:,} accounts from {main['as_of_from']} to "
        f"{main['as_of_to']}; {main['churned']:,} accounts left."
    ]
    for model, words in (("recency", "days since last use alone"), ("tenure", "tenure alone")):
        other = backtest.figure(model)
        if other is None or other["auc"] is None:
            continue
        verdict = "better than" if main["auc"] > other["auc"] else "**no better than**"
        sentences.append(f"That is {verdict} {words} ({other['auc']:.3f}).")
    latest = backtest.figure("score", latest=True)
    if latest is not None and latest is not main and latest["auc"] is not None:
        sentences.append(f"Over the latest {LATEST_DATES} dates it was {_interval(latest)}.")
    return " ".join(sentences)


def _table(backtest: Backtest, horizon: int) -> str:
    rows = [(label, backtest.figure(model, horizon)) for model, label in _MODELS.items()]
    lines = [
        f"| left within {horizon} days | AUC (95 %) | lift of lowest tenth | Brier | scores | then left |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {label} | {_interval(row)} | {_shown(row['lift_top_decile'], '.1f')} "
        f"| {_shown(row['brier'], '.4f')} | {row['account_dates']:,} | {row['churned_account_dates']:,} |"
        for label, row in rows
        if row is not None
    ]
    return "\n".join(lines) if len(lines) > 2 else ""


def _segments(backtest: Backtest) -> str:
    lines = ["| stage | AUC (95 %) | scores | then left |", "|---|---|---|---|"]
    lines += [
        f"| {row['segment_value']} | {_interval(row)} | {row['account_dates']:,} "
        f"| {row['churned_account_dates']:,} |"
        for row in backtest.windows
        if row["model"] == "score"
        and row["segment_dimension"] == "lifecycle_stage"
        and row["horizon_days"] == MAIN_HORIZON
    ]
    return "\n".join(lines)


def _indicators(backtest: Backtest, labels: Mapping[str, str]) -> str:
    rows = [
        row
        for row in backtest.indicators
        if row["target_kpi_id"] == "customer_churn_rate" and row["lag_days"] == 0 and row["auc"] is not None
    ]
    rows.sort(key=lambda row: (-row["auc"], row["indicator_id"]))
    lines = [f"| measure | AUC for churn in the next {LAG_DAYS} days |", "|---|---|"]
    lines += [
        f"| {labels.get(row['indicator_id'], row['indicator_id'])} | {row['auc']:.3f} |"
        for row in rows[:_SHOWN]
    ]
    against = [
        labels.get(row["indicator_id"], row["indicator_id"]) for row in rows if not row["direction_agrees"]
    ]
    if against:
        lines += ["", "Against the direction of the seed, or without a relation: " + ", ".join(against) + "."]
    return "\n".join(lines)


def _suggestions(backtest: Backtest, labels: Mapping[str, str]) -> str:
    rows = sorted(
        backtest.suggestions,
        key=lambda row: (-abs(row["suggested_weight"] - row["weight"]), row["measure_id"]),
    )
    lines = ["| measure | weight | suggested |", "|---|---|---|"]
    lines += [
        f"| {labels.get(row['measure_id'], row['measure_id'])} | {row['weight']:g} "
        f"| {row['suggested_weight']:g} |"
        for row in rows[:_SHOWN]
    ]
    if backtest.suggested is not None and backtest.score_on_same is not None:
        lines += [
            "",
            f"With weights fitted this way on earlier dates alone, AUC on later dates was "
            f"{backtest.suggested.auc:.3f}; with the present ones, on the same dates, "
            f"{backtest.score_on_same.auc:.3f}. Nothing changes by itself: `make tune-health` shows the "
            f"suggestion as a change of {file_of('health_measures')}.",
        ]
    return "\n".join(lines)


def _interval(row: Row) -> str:
    if row["auc"] is None:
        return "-"
    return f"{row['auc']:.3f} ({_shown(row['auc_low'], '.3f')} to {_shown(row['auc_high'], '.3f')})"


def _shown(number: float | None, form: str) -> str:
    return "-" if number is None else format(number, form)
