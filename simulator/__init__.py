"""A subscription company in code: demo data, benchmark data, and a truth to measure the warehouse by."""

from simulator.config import SIZES, SimulatorConfig, SimulatorError
from simulator.files.contract import Contract, read_contract
from simulator.simulation import Simulated, simulate

__all__ = [
    "SIZES",
    "Contract",
    "Simulated",
    "SimulatorConfig",
    "SimulatorError",
    "read_contract",
    "simulate",
]
