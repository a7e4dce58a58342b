"""The demo: a simulated company for those who have no raw folder yet, made once and kept."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from orchestration.loading.contract import SOURCES_PATH
from orchestration.settings import PROJECT_DIR, Settings

DEMO_DIR = PROJECT_DIR / "demo"

logger = logging.getLogger(__name__)


def with_demo(settings: Settings) -> Settings:
    """Use the demo's raw folder where none is named."""
    return settings if settings.raw_dir is not None else replace(settings, raw_dir=DEMO_DIR / "raw")


def make_demo(raw_dir: Path | None) -> None:
    """Simulate the demo if `raw_dir` is the demo's and is not there yet."""
    if raw_dir != DEMO_DIR / "raw" or raw_dir.exists():
        return
    from simulator import SimulatorConfig, read_contract, simulate  # noqa: PLC0415  only this run needs it

    logger.info("simulating the demo company, once; it is kept in %s", DEMO_DIR)
    simulate(SimulatorConfig(), read_contract(SOURCES_PATH), DEMO_DIR)
