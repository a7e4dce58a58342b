"""One run at a time works on a warehouse."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from orchestration.errors import WarehouseError
from orchestration.system_errors import system_error

# The sensor that looks for killed runs holds a warehouse for less than a second.
_PATIENCE_SECONDS = 2.0


@contextmanager
def held(warehouse_dir: Path) -> Generator[None]:
    """Hold the warehouse until the block, or this process, ends.

    Raises:
        WarehouseError: another run holds it, or it cannot be written to.
    """
    try:
        warehouse_dir.mkdir(parents=True, exist_ok=True)
        file = (warehouse_dir / "run.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise system_error(error, warehouse_dir) from None
    # The operating system drops the lock with the process, however it ends; the file's text is for people.
    with file:
        if not _locked(file):
            file.seek(0)
            raise WarehouseError(
                f"Another run (process {file.read().strip()}) is using the warehouse {warehouse_dir}. "
                "Wait until it has ended, or use another CSKPI_WAREHOUSE_DIR."
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _locked(file: IO[str]) -> bool:
    """Lock the file, waiting a moment for another holder; false where it does not let go."""
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= give_up_at:
                return False
            time.sleep(0.1)
        else:
            return True
