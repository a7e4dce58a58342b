"""What can refuse a run without building anything, so that a person is told within seconds.

Nothing here imports dbt or Dagster.
"""

from __future__ import annotations

from orchestration.demo import make_demo
from orchestration.engines import engine_of
from orchestration.loading import Inspection, inspect
from orchestration.lock import held
from orchestration.release.releases import Origin, published_release, refuse_other_origin
from orchestration.settings import PROJECT_DIR, Settings


def check_run(settings: Settings) -> Inspection:
    """What the raw files hold, where nothing forbids a run of these settings.

    Raises:
        WarehouseError: another run holds the warehouse, or it holds something else.
        LoadError: the raw folder cannot be loaded.
        ProjectError: the engine cannot start.
    """
    engine_of(settings).refuse_missing()
    with held(settings.warehouse_dir):
        published = published_release(settings.warehouse_dir)
        origin = Origin.of(settings, PROJECT_DIR)
        refuse_other_origin(published, origin, settings.as_of_date, settings.warehouse_dir)
        make_demo(settings.raw_dir)
        return inspect(settings)
