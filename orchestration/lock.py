"""One run at a time works on a warehouse."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import WarehouseError


@contextmanager
def held(warehouse_dir: Path) -> Generator[None]:
    """Hold the warehouse until the block, or this process, ends.

    Raises:
        WarehouseError: another run holds it.
    """
    warehouse_dir.mkdir(parents=True, exist_ok=True)
    # The operating system drops the lock with the process, however it ends; the file's text is for people.
    with (warehouse_dir / "run.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise WarehouseError(
                f"Another run (process {file.read().strip()}) is using the warehouse {warehouse_dir}. "
                "Wait until it has ended, or use another CSKPI_WAREHOUSE_DIR."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
