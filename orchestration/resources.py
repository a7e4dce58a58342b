"""The warehouse that a run works on."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import dagster as dg

from orchestration.dbt.runner import Dbt
from orchestration.delivery import Delivery
from orchestration.demo import with_demo
from orchestration.engines import Engine, engine_of
from orchestration.jobs import CLOSE_JOB
from orchestration.lock import held
from orchestration.release.releases import Origin
from orchestration.run_history import close_killed_runs
from orchestration.settings import PROJECT_DIR, Settings


@dataclass(frozen=True)
class Warehouse:
    """The settings of a run, the dbt project that builds its warehouse, and what it is given, where known."""

    settings: Settings
    dbt: Dbt
    delivery: Delivery | None = None

    @property
    def engine(self) -> Engine:
        """The engine that holds the build database."""
        return engine_of(self.settings)

    def closing(self) -> "Warehouse":
        """This warehouse for a run as of the newest close day that is over."""
        settings = replace(self.settings, as_of_date=self.settings.closing_date)
        return replace(self, settings=settings, delivery=None)

    @property
    def origin(self) -> Origin:
        """What these settings build the warehouse from."""
        return Origin.of(self.settings, self.dbt.project_dir)


def open_warehouse(settings: Settings, delivery: Delivery | None = None) -> Warehouse:
    """The warehouse of these settings; without a raw folder, that of the demo."""
    settings = with_demo(settings)
    engine_of(settings).refuse_missing()
    dbt = Dbt(PROJECT_DIR, settings.warehouse_dir, settings.dbt_target, is_as_typed=settings.is_dbts_own)
    return Warehouse(settings, dbt, delivery)


class HeldWarehouse(dg.ConfigurableResource[Warehouse]):
    """The warehouse of a run, held from its first step to its last; one run at a time."""

    warehouse: dg.ResourceDependency[Warehouse]

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[Warehouse]:
        """What assets see as `warehouse`; raises WarehouseError where another run holds it."""
        warehouse_dir = self.warehouse.settings.warehouse_dir
        with held(warehouse_dir):
            if context.instance and context.run:
                close_killed_runs(context.instance, warehouse_dir, own_run=context.run.run_id)
            is_close = context.run is not None and context.run.job_name == CLOSE_JOB
            yield self.warehouse.closing() if is_close else self.warehouse
