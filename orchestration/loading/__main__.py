"""Checks the input contract: `python -m orchestration.loading`, a part of `make lint`."""

import sys

from orchestration.computed import HISTORY_SOURCE, LOAD, computed_tables, written_tables
from orchestration.loading import ContractError, read_contract

if __name__ == "__main__":
    try:
        read_contract()
        written_tables(LOAD)
        written_tables(HISTORY_SOURCE)
        computed_tables()
    except ContractError as error:
        sys.exit(str(error))
