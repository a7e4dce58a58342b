"""How far tests search random cases: `make test` tries a few of them, `make test-long` many."""

from __future__ import annotations

import os


def cases(few: int, many: int) -> int:
    """How many random cases a test marked `search` tries."""
    return many if os.environ.get("SEARCH") == "long" else few
