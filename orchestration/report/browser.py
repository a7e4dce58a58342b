"""Pages as PDF and as pictures, where Chromium is there."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from orchestration.errors import ProjectError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# The page alone, without requests of the browser's own; time runs on until the page has drawn itself.
_ALONE = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=20000",
)


class BrowserError(ProjectError):
    """A page that the browser did not print."""


def browser() -> str | None:
    """The browser that prints pages, where there is one."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def print_page(page: Path, program: str) -> Path:
    """Print a page as PDF beside it; raises BrowserError."""
    path = page.with_suffix(".pdf")
    _write(page, path, program, "--no-pdf-header-footer", f"--print-to-pdf={path}")
    return path


def take_picture(page: Path, path: Path, program: str, size: tuple[int, int]) -> None:
    """Take a picture of a page in a window of a width and a height in pixels; raises BrowserError."""
    width, height = size
    _write(page, path, program, f"--window-size={width},{height}", f"--screenshot={path}")


def _write(page: Path, path: Path, program: str, *options: str) -> None:
    path.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        ended = subprocess.run(
            [program, *_ALONE, f"--user-data-dir={profile}", *options, page.resolve().as_uri()],
            capture_output=True,
            text=True,
            check=False,
        )
    if ended.returncode or not path.exists():
        raise BrowserError(f"{program} did not draw {page}: {ended.stderr.strip()[-300:]}")
