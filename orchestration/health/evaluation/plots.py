"""The plots of the backtest's report: how true chances come, and how early leavers come up."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from orchestration.health.evaluation.backtest import HINDSIGHT, MAIN_HORIZON, Backtest
from orchestration.health.evaluation.report_texts import plot_texts, text

MODELS = ("score", HINDSIGHT, "chance", "end_of_term", "recency", "tenure", "logistic")
# By language: the file of the calibration plot, and that of the lift plot.
PICTURE_FILES = {
    "en": ("health_calibration.png", "health_lift.png"),
    "ja": ("health_calibration.ja.png", "health_lift.ja.png"),
}
# Parts of the file names of fonts that have Japanese letters, the best to read first.
_FONT_NAMES = (
    "notosanscjk-regular", "notosansjp", "notosanscjkjp", "sourcehansans", "ipaexg", "ipag", "takaogothic",
    "hiragino", "ヒラギノ", "yugoth", "meiryo", "msgothic", "vl-gothic", "droidsansfallback", "notoserifcjk",
)  # fmt: skip


def japanese_font(files: Iterable[str | Path] | None = None) -> Path | None:
    """A font that has every letter of the Japanese plots; `files` are the fonts to choose from.

    Without `files` those of this machine; None where none has all letters, which would be shown as boxes.
    """
    # Imported late: every command would wait for it.
    from matplotlib.font_manager import findSystemFonts  # noqa: PLC0415
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415

    needed = {ord(letter) for words in plot_texts("ja") for letter in words if not letter.isspace()}
    paths = sorted(Path(file) for file in (findSystemFonts() if files is None else files))
    for name in _FONT_NAMES:
        for path in paths:
            if name in path.name.lower() and needed <= FT2Font(str(path)).get_charmap().keys():
                return path
    return None


def pictures(backtest: Backtest, language: str = "en", font: Path | None = None) -> dict[str, bytes]:
    """The plots as PNG by file name; none without history.

    `font` has the letters of the language; matplotlib's own font has those of English.
    """
    if not backtest.calibration:
        return {}
    from matplotlib import rc_context  # noqa: PLC0415
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.font_manager import FontProperties, fontManager  # noqa: PLC0415

    say = partial(text, language=language)
    family = []
    if font is not None:
        fontManager.addfont(font)
        family = [FontProperties(fname=font).get_name()]

    def png(kind: str, lines: Sequence[tuple[str, Mapping[str, Any]]]) -> bytes:
        with rc_context({"font.family": [*family, "DejaVu Sans"]}):
            figure = Figure(figsize=(6, 4.5), layout="constrained")
            FigureCanvasAgg(figure)
            axes = figure.add_subplot(
                title=say(f"{kind}_title", days=MAIN_HORIZON),
                xlabel=say(f"{kind}_across"),
                ylabel=say(f"{kind}_up"),
            )
            for label, values in lines:
                axes.errorbar(**values, marker="o", markersize=3, capsize=3, label=label)
            axes.grid(alpha=0.3)
            axes.legend()
            file = io.BytesIO()
            figure.savefig(file, format="png", dpi=110, metadata={"Software": None})
        return file.getvalue()

    rows = backtest.calibration
    chances, rates = [100 * row["chance"] for row in rows], [100 * row["rate"] for row in rows]
    ends = [100 * row["rate_high"] for row in rows]
    spread = [
        [100 * (row["rate"] - row["rate_low"]) for row in rows],
        [100 * (row["rate_high"] - row["rate"]) for row in rows],
    ]
    top = max(*chances, *ends)
    tenths = [10.0 * number for number in range(11)]
    shares = []
    for name in MODELS:
        running = [0.0]
        for share in backtest.lift.get(name, []):
            running.append(running[-1] + 100 * share)
        if len(running) == len(tenths):
            shares.append((say(f"model_{name}"), {"x": tenths, "y": running}))
    calibration_file, lift_file = PICTURE_FILES[language]
    return {
        calibration_file: png(
            "calibration",
            [
                (say("calibration_happened"), {"x": chances, "y": rates, "yerr": spread}),
                (say("calibration_predicted"), {"x": [0, top], "y": [0, top]}),
            ],
        ),
        lift_file: png("lift", [*shares, (say("lift_by_chance"), {"x": [0, 100], "y": [0, 100]})]),
    }
