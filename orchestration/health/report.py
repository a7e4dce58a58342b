"""The backtest in plain words, with a calibration and a lift plot."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from orchestration.health.proof import HORIZONS, LAG_DAYS, LATEST_DATES, MAIN_HORIZON, Proof, Row

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


def report(proof: Proof, labels: Mapping[str, str]) -> str:
    """The report as Markdown; `labels` names each measure."""
    main = proof.figure("score")
    if main is None or main["auc"] is None:
        return (
            "# Does the health score foretell churn?\n\n"
            f"It cannot be told yet: too few accounts left within {MAIN_HORIZON} days of a date whose "
            f"{MAIN_HORIZON} days are over. Keep running; the answer comes with history.\n"
        )
    parts = [
        "# Does the health score foretell churn?",
        _answer(proof, main),
        "## Figures",
        *[_table(proof, horizon) for horizon in HORIZONS],
        "The lift says how many times as many accounts left in the lowest tenth of scores as on average. "
        "Intervals hold 95 %; they count accounts, not rows, because an account is there on many dates. "
        "The Brier score is the mean squared error of the chance that the model gives, where a curve "
        "fitted on earlier dates turns a score into a chance: lower is better.",
        f"![Chance against what happened]({CALIBRATION_FILE})",
        f"![Where those who left were]({LIFT_FILE})",
        "## By lifecycle stage",
        _segments(proof),
        "## What foretells churn best",
        _indicators(proof, labels),
        "## Weights that history suggests",
        _suggestions(proof, labels),
        "## How this was counted",
        "For every past month-end whose horizon is over, the customers of that day are ranked by the score "
        "that they had, from what had happened by then. Did MRR fall to zero in the days after? AUC is the "
        "chance that of two customers, one who left and one who stayed, the one who left had the lower "
        "score: 0.5 is a coin, 1 is perfect. The logistic regression is tested on dates later than those it "
        "was fitted on, so it has no figures for the first dates.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def pictures(proof: Proof) -> dict[str, bytes]:
    """The plots as PNG by file name; none where there is no history."""
    if not proof.calibration:
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

    chances = [chance for chance, _, _ in proof.calibration]
    rates = [rate for _, rate, _ in proof.calibration]
    top = max(*chances, *rates)
    tenths = [10.0 * number for number in range(11)]
    shares = []
    for name, label in _MODELS.items():
        running = [0.0]
        for share in proof.lift.get(name, []):
            running.append(running[-1] + 100 * share)
        if len(running) == len(tenths):
            shares.append((label, tenths, running))
    return {
        CALIBRATION_FILE: png(
            f"Chance of leaving within {MAIN_HORIZON} days",
            "foretold, mean of a tenth of the accounts",
            "happened",
            [("Health score", chances, rates), ("as foretold", [0, top], [0, top])],
        ),
        LIFT_FILE: png(
            f"Where those who left within {MAIN_HORIZON} days were",
            "share of accounts, riskiest first (%)",
            "share of those who left (%)",
            [*shares, ("by chance", [0, 100], [0, 100])],
        ),
    }


def is_better_than(proof: Proof, model: str) -> bool | None:
    """Whether the score foretells better than a simpler model; None where it cannot be told."""
    score, other = proof.figure("score"), proof.figure(model)
    if score is None or other is None or score["auc"] is None or other["auc"] is None:
        return None
    return score["auc"] > other["auc"]


def _answer(proof: Proof, main: Row) -> str:
    lift = main["lift_top_decile"]
    sentences = [
        f"Of two customers, one who left within {MAIN_HORIZON} days and one who stayed, the one who left had "
        f"the lower score in {main['auc']:.0%} of the pairs (AUC {_interval(main)}). The lowest tenth of "
        f"scores held {lift:.1f} times as many of those who left as a tenth picked by chance. This is from "
        f"{main['account_dates']:,} scores of {main['accounts']:,} accounts from {main['as_of_from']} to "
        f"{main['as_of_to']}; {main['churned']:,} accounts left."
    ]
    for model, words in (("recency", "days since last use alone"), ("tenure", "tenure alone")):
        other = proof.figure(model)
        if other is None or other["auc"] is None:
            continue
        verdict = "better than" if main["auc"] > other["auc"] else "**no better than**"
        sentences.append(f"That is {verdict} {words} ({other['auc']:.3f}).")
    latest = proof.figure("score", latest=True)
    if latest is not None and latest is not main and latest["auc"] is not None:
        sentences.append(f"Over the latest {LATEST_DATES} dates it was {_interval(latest)}.")
    return " ".join(sentences)


def _table(proof: Proof, horizon: int) -> str:
    rows = [(label, proof.figure(model, horizon)) for model, label in _MODELS.items()]
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


def _segments(proof: Proof) -> str:
    lines = ["| stage | AUC (95 %) | scores | then left |", "|---|---|---|---|"]
    lines += [
        f"| {row['segment_value']} | {_interval(row)} | {row['account_dates']:,} "
        f"| {row['churned_account_dates']:,} |"
        for row in proof.backtest
        if row["model"] == "score"
        and row["segment_dimension"] == "lifecycle_stage"
        and row["horizon_days"] == MAIN_HORIZON
    ]
    return "\n".join(lines)


def _indicators(proof: Proof, labels: Mapping[str, str]) -> str:
    rows = [
        row
        for row in proof.indicators
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
        lines += ["", "Against what the seed expects, or without any say: " + ", ".join(against) + "."]
    return "\n".join(lines)


def _suggestions(proof: Proof, labels: Mapping[str, str]) -> str:
    rows = sorted(
        proof.suggestions,
        key=lambda row: (-abs(row["suggested_weight"] - row["weight"]), row["measure_id"]),
    )
    lines = ["| measure | weight | suggested |", "|---|---|---|"]
    lines += [
        f"| {labels.get(row['measure_id'], row['measure_id'])} | {row['weight']:g} "
        f"| {row['suggested_weight']:g} |"
        for row in rows[:_SHOWN]
    ]
    if proof.suggested is not None and proof.score_on_same is not None:
        lines += [
            "",
            f"With weights fitted this way on earlier dates alone, AUC on later dates was "
            f"{proof.suggested.auc:.3f}; with the present ones, on the same dates, "
            f"{proof.score_on_same.auc:.3f}. Nothing changes by itself: `make tune-health` writes the "
            f"suggestion as a change of seeds/health/health_measures.csv for you to read.",
        ]
    return "\n".join(lines)


def _interval(row: Row) -> str:
    if row["auc"] is None:
        return "-"
    return f"{row['auc']:.3f} ({_shown(row['auc_low'], '.3f')} to {_shown(row['auc_high'], '.3f')})"


def _shown(number: float | None, form: str) -> str:
    return "-" if number is None else format(number, form)
