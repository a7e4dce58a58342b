"""A subscription company in code: demo data, benchmarks, and a truth to measure the warehouse by."""

from orchestration.simulator.config import SIZES, SimulatorConfig, SimulatorError
from orchestration.simulator.simulate import Simulated, simulate

__all__ = ["SIZES", "Simulated", "SimulatorConfig", "SimulatorError", "simulate"]
