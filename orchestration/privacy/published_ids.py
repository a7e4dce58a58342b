"""Rows that were published before, with the ids that stand for accounts now."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

import duckdb
import pyarrow as pa


@contextmanager
def with_ids_of_now(
    connection: duckdb.DuckDBPyConnection, rows: str, shown: Callable[[str], str]
) -> Generator[str]:
    """A query of `rows`, a relation with a column account_id, in which `shown` gives what stands for each."""
    ids = connection.execute(
        f"select distinct account_id from {rows} where account_id is not null"
    ).fetchall()
    accounts = pa.table(
        {"before": [account for (account,) in ids], "account_id": [shown(account) for (account,) in ids]},
        schema=pa.schema([("before", pa.string()), ("account_id", pa.string())]),
    )
    connection.register("accounts_shown", accounts)
    try:
        yield (
            "select published.* replace (accounts_shown.account_id as account_id) "
            f"from {rows} as published "
            "inner join accounts_shown on published.account_id = accounts_shown.before"
        )
    finally:
        connection.unregister("accounts_shown")
