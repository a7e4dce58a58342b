"""The engines that hold a warehouse, and the one place that chooses one."""

from orchestration.engines.base import Engine, Rows
from orchestration.engines.duckdb import DuckDBEngine
from orchestration.engines.spark import SparkEngine
from orchestration.settings import Settings

__all__ = ["DuckDBEngine", "Engine", "Rows", "SparkEngine", "engine_of"]


def engine_of(settings: Settings) -> Engine:
    """The engine that the setting DBT_TARGET names."""
    return SparkEngine(settings) if settings.dbt_target == "spark" else DuckDBEngine(settings)
