"""Plots have words in the reader's language, or in English where no font of this machine has its letters."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from orchestration.health.evaluation.backtest import Backtest, run_backtest
from orchestration.health.evaluation.plots import PICTURE_FILES, japanese_font
from orchestration.health.evaluation.report import report, write_report

from ..support.health_builders import a_config, a_measure
from ..support.health_observations import MEASURES, by_name, history

CONFIG = a_config(*(a_measure(name) for name in MEASURES))


@pytest.fixture(scope="module")
def backtest() -> Backtest:
    return run_backtest(by_name(history()), CONFIG)


def test_no_letter_of_a_plot_is_a_box(backtest: Backtest, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        # matplotlib warns of a glyph that its font lacks.
        warnings.simplefilter("error")
        write_report(backtest, CONFIG, tmp_path)
    found = {path.name for path in tmp_path.glob("*.png")}
    japanese = {*PICTURE_FILES["ja"]} if japanese_font() else set()
    assert found == {*PICTURE_FILES["en"]} | japanese
    text = (tmp_path / "health_backtest.ja.md").read_text(encoding="utf-8")
    assert all(f"]({name})" in text for name in PICTURE_FILES["ja" if japanese else "en"])


def test_a_font_without_japanese_letters_is_not_taken(backtest: Backtest, tmp_path: Path) -> None:
    import matplotlib  # noqa: PLC0415

    latin = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    named = tmp_path / "ipaexg.ttf"
    named.write_bytes(latin.read_bytes())
    assert japanese_font([named, latin]) is None
    text = report(backtest, CONFIG, "ja", None)
    assert all(f"]({name})" in text for name in PICTURE_FILES["en"])
    assert "図の文字は英語です" in text
