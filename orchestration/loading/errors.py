"""The one way in which loading stops, and the near names that its sentences suggest."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from orchestration.errors import ProjectError


class LoadError(ProjectError, ValueError):
    """Raw input that cannot be loaded.

    The message holds one line per problem: the file, the line or column, what was expected, what to do.
    """


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` may stand for, blind to case, spaces and hyphens; None where none is near."""
    plain = {_plain(candidate): candidate for candidate in candidates}
    matches = difflib.get_close_matches(_plain(name), plain, n=1)
    return plain[matches[0]] if matches else None


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")
