"""The warehouse that a run works on."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import dagster as dg

from orchestration.dbt.runner import Dbt
from orchestration.demo import with_demo
from orchestration.engines import Engine, engine_of
from orchestration.lock import held
from orchestration.release.releases import Origin
from orchestration.settings import PROJECT_DIR, Settings


@dataclass(frozen=True)
class Warehouse:
    """The settings of a run and the dbt project that builds its warehouse.

    `is_full`: whatever was built before is built anew.
    """

    settings: Settings
    dbt: Dbt
    is_full: bool = False

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


def open_warehouse(settings: Settings, *, is_full: bool = False) -> Warehouse:
    """The warehouse of these settings; without a raw folder, that of the demo."""
    settings = with_demo(settings)
    engine_of(settings).refuse_missing()
    return Warehouse(settings, Dbt(PROJECT_DIR, settings.warehouse_dir, settings.dbt_target), is_full)


class HeldWarehouse(dg.ConfigurableResource[Warehouse]):
    """The warehouse of a run, held from its first step to its last; one run at a time."""

    warehouse: dg.ResourceDependency[Warehouse]

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[Warehouse]:
        """What assets see as `warehouse`; raises WarehouseError where another run holds it."""
        with held(self.warehouse.settings.warehouse_dir):
            yield self.warehouse
