"""Time and memory of scoring: python benchmarks/health_scale.py [ACCOUNTS] [DATES]

Scores made-up measures of 300,000 accounts at 36 month-ends, all at first and then today's alone.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from orchestration.computed import COMPUTED_SCHEMAS, computed_tables  # noqa: E402
from orchestration.health.config import SEEDS  # noqa: E402
from orchestration.health.store import score  # noqa: E402


def main(accounts: int, dates: int) -> None:
    """Print seconds and the highest memory of this process."""
    with tempfile.TemporaryDirectory() as folder:
        connection = duckdb.connect(
            f"{folder}/build.duckdb", config={"threads": 2, "memory_limit": "2GB", "temp_directory": folder}
        )
        prepare(connection, accounts, dates)
        history = Path(folder) / "account_health_history.parquet"
        for words in ("all dates", "today alone"):
            began = time.perf_counter()
            counts = score(connection, history)
            seconds = time.perf_counter() - began
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
            print(f"{words}: {counts.scores:,} scores in {seconds:.0f} s, {memory:.1f} GB")
            connection.sql("from health.score_history").write_parquet(str(history))


def prepare(connection: duckdb.DuckDBPyConnection, accounts: int, dates: int) -> None:
    """The seeds as shipped, empty health tables, and measures that vary without meaning."""
    for schema in ("seeds", "features", *COMPUTED_SCHEMAS):
        connection.execute(f"create schema {schema}")
    for seed in SEEDS:
        connection.execute(
            f"create table seeds.{seed} as from read_csv(?)", [str(ROOT / f"seeds/health/{seed}.csv")]
        )
    for table, written in computed_tables().items():
        connection.execute(f"create table {table} ({written.definition})")
    measures = connection.sql(
        "select source_column, any_value(floor), any_value(ceiling) from seeds.health_measures "
        "group by 1 order by 1"
    ).fetchall()
    days = connection.sql(
        "select distinct measured_on_column from seeds.health_measures "
        "where measured_on_column is not null order by 1"
    ).fetchall()
    recorded = connection.sql(
        "select distinct recorded_column from seeds.health_measures "
        "where recorded_column is not null order by 1"
    ).fetchall()
    values = ", ".join(
        f"{low} + ({high} - {low}) * (hash(account, date, {number}) % 1000) / 1000.0 as {name}"
        for number, (name, low, high) in enumerate(measures)
    )
    connection.execute(
        f"""
        create table features.int_account_measures as
        select
            'A' || account as account_id,
            last_day(date '2023-01-01' + to_months(date::integer)) as as_of_date,
            null::varchar as region, 'established' as lifecycle_stage, 400 + 30 * date as tenure_days,
            hash(account, date) % 50 = 0 as is_leaving,
            {values},
            {", ".join(f"as_of_date as {name}" for (name,) in days)},
            {", ".join(f"true as {name}" for (name,) in recorded)}
        from range({accounts}) as a (account) cross join range({dates}) as d (date)
        """
    )


if __name__ == "__main__":
    main(*(int(number) for number in (sys.argv[1:] + ["300000", "36"][len(sys.argv) - 1 :])))
