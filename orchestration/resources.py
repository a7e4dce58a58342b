"""The warehouse that a run works on, held by one run at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from orchestration.dbt.runner import Dbt
from orchestration.demo import with_demo
from orchestration.engines.duckdb import Engine, engine_of
from orchestration.release.publishing import Origin, WarehouseError
from orchestration.settings import PROJECT_DIR, Settings


@dataclass(frozen=True)
class Warehouse:
    """The settings of a run and the dbt project that builds its warehouse."""

    settings: Settings
    dbt: Dbt

    @property
    def engine(self) -> Engine:
        """The engine that holds the build database."""
        return engine_of(self.settings)

    @property
    def origin(self) -> Origin:
        """What these settings build the warehouse from."""
        return Origin(
            raw_dir=str(self.settings.raw_dir),
            reporting_currency=self.settings.reporting_currency,
            reporting_timezone=self.settings.reporting_timezone,
            customer_level=str(self.dbt.variables()["customer_level"]),
        )


def open_warehouse(settings: Settings) -> Warehouse:
    """The warehouse of these settings; without a raw folder, that of the demo."""
    settings = with_demo(settings)
    engine_of(settings).refuse_missing()
    return Warehouse(settings, Dbt(PROJECT_DIR, settings.warehouse_dir, settings.dbt_target))


@contextmanager
def held(warehouse_dir: Path) -> Generator[None]:
    """Hold the warehouse until the block, or this process, ends.

    Raises:
        WarehouseError: another run holds it.
    """
    warehouse_dir.mkdir(parents=True, exist_ok=True)
    # The operating system drops the lock with the process, however it ends; the file itself means nothing.
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


def warehouse_resource(warehouse: Warehouse) -> dg.ResourceDefinition:
    """A resource that holds the warehouse from a run's first step to its last."""

    @dg.resource(description="The warehouse of this run; one run at a time.")
    def resource(_: dg.InitResourceContext) -> Iterator[Warehouse]:
        with held(warehouse.settings.warehouse_dir):
            yield warehouse

    return resource
