"""How the commands write to the terminal, which may also be a file."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Generator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TextIO

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

# The widest table fits; a narrower terminal folds lines, and a file has none that depend on who wrote it.
_WIDTH = 120


def console_on(file: TextIO | None = None) -> Console:
    """A console that prints text as it is, on the standard output unless `file` is given."""
    file = file or sys.stdout
    console = Console(file=file, markup=False, highlight=False, emoji=False, soft_wrap=True)
    if not console.is_terminal or console.width < _WIDTH:
        console.width = _WIDTH
    return console


def draw(shown: RenderableType, title: str, path: Path) -> None:
    """Draw as SVG what a terminal window of that title would show, its long lines folded.

    The fonts are those of the reader's machine: Rich would have the picture load them from outside.
    """
    console = console_on(StringIO())
    console.record, console.soft_wrap = True, False
    console.print(shown)
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title=title), flags=re.DOTALL)
    path.write_text(drawn, encoding="utf-8")


@contextmanager
def progress_on(console: Console) -> Generator[None]:
    """Show what the project's loggers say while the block runs, and nothing that others log.

    On a terminal a record with `counted` (label, done, in all) moves a bar; elsewhere it is a line, as every
    other record is.
    """
    logger = logging.getLogger("orchestration")
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as bars:
        handler = _Progress(console, bars)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.propagate = True


class _Progress(logging.Handler):
    """Writes records as lines, or as bars where they count."""

    def __init__(self, console: Console, bars: Progress) -> None:
        super().__init__()
        self._console = console
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def emit(self, record: logging.LogRecord) -> None:
        counted: tuple[str, int, int] | None = getattr(record, "counted", None)
        if counted is None or self._bars.disable:
            self._console.print(record.getMessage())
            return
        label, done, total = counted
        if label not in self._tasks:
            self._tasks[label] = self._bars.add_task(label)
        self._bars.update(self._tasks[label], completed=done, total=total)
