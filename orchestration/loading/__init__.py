"""Reading the raw folder: finding, checking and landing what a user supplies."""

from orchestration.loading.contract import Contract, read_contract
from orchestration.loading.errors import LoadError
from orchestration.loading.landing import LastLoad, LoadedTable, LoadResult, land, open_build
from orchestration.sources import ContractError

__all__ = [
    "Contract",
    "ContractError",
    "LastLoad",
    "LoadError",
    "LoadResult",
    "LoadedTable",
    "land",
    "open_build",
    "read_contract",
]
