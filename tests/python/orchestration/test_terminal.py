"""What the terminal, or a file in its place, shows while a run works."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from xml.etree import ElementTree

import pytest

from orchestration.terminal import console_on, draw, progress_on

logger = logging.getLogger("orchestration.anything")


def work() -> None:
    """What a run says."""
    logger.info("loading tables from %s", "raw")
    for done in (1, 2):
        logger.info("%s %d of %d", "models", done, 2, extra={"counted": ("models", done, 2)})
    logger.debug("too small to say")
    logging.getLogger("dagster").warning("for the log alone")
    logger.warning("[odd] words")


def test_a_file_gets_a_line_per_step() -> None:
    written = io.StringIO()
    with progress_on(console_on(written)):
        work()
    assert written.getvalue().splitlines() == [
        "loading tables from raw",
        "models 1 of 2",
        "models 2 of 2",
        "[odd] words",
    ]


class Terminal(io.StringIO):
    """A file that a person looks at."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_for_what_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    written = Terminal()
    with progress_on(console_on(written)):
        work()
    shown = written.getvalue()
    assert "loading tables from raw" in shown
    assert "[odd] words" in shown
    assert "models 1 of 2" not in shown
    assert "2/2" in shown


def test_afterwards_nothing_is_shown() -> None:
    written = io.StringIO()
    with pytest.raises(ZeroDivisionError), progress_on(console_on(written)):
        raise ZeroDivisionError
    work()
    assert written.getvalue() == ""


def test_a_file_has_no_colours_and_no_lines_folded() -> None:
    written = io.StringIO()
    console_on(written).print("[bold]as it is[/bold] " + "long " * 100)
    assert written.getvalue() == "[bold]as it is[/bold] " + "long " * 100 + "\n"


def test_a_drawing_of_the_terminal_is_whole_and_loads_nothing(tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(40)]
    draw(" ".join(words), "make run", tmp_path / "run.svg")
    drawn = (tmp_path / "run.svg").read_text(encoding="utf-8")
    shown = "".join(ElementTree.fromstring(drawn).itertext()).replace("\xa0", " ")
    assert all(word in shown for word in words)
    assert "url(http" not in drawn
