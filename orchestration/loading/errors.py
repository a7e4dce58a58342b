"""How loading stops."""

from __future__ import annotations

from orchestration.errors import ProjectError


class LoadError(ProjectError, ValueError):
    """Raw input that cannot be loaded.

    The message holds one line per problem: the file, the line or column, what was expected, what to do.
    """
