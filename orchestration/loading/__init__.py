"""Reading the raw folder: finding, checking and landing what a user supplies."""

from orchestration.loading.contract import Contract, read_contract
from orchestration.loading.errors import LoadError
from orchestration.loading.inspection import Inspection, LastLoad, inspect
from orchestration.loading.landing import LoadedTable, LoadResult, land, open_build
from orchestration.sources import ContractError

__all__ = [
    "Contract",
    "ContractError",
    "Inspection",
    "LastLoad",
    "LoadError",
    "LoadResult",
    "LoadedTable",
    "inspect",
    "land",
    "open_build",
    "read_contract",
]
