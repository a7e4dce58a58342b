"""Raw folders to start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..support.raw_folder import REQUIRED, Folder, folder_with


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A raw folder with the three required tables, as small as they can be."""
    return folder_with(tmp_path, REQUIRED)
