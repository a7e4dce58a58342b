"""On random numbers drivers of change and fiscal periods say what a count by hand says."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Iterator
from fractions import Fraction

import pytest

from orchestration.explain.effects import Sides, contributions
from orchestration.explain.figures import earlier_month

from ..support.warehouse import Record, Warehouse

DRIVERS, PERIODS = "kpi_change_drivers", "int_kpi_period_values"
COMPONENTS, CALENDAR = "int_kpi_month_components", "int_fiscal_period_months"
FIRST, MONTHS = dt.date(2023, 2, 1), 16
SEGMENTS = {"country": ["JP", "US", "unknown"], "plan": [f"plan {number}" for number in range(30)]}
OVER_TIME = ("sum", "first", "last")
BACK = {"month": 1, "year": 12}

Key = tuple[str, dt.date, str, str]


def months() -> list[dt.date]:
    return [earlier_month(FIRST, -number) for number in range(MONTHS)]


def kpis() -> list[dict[str, object]]:
    """Amounts and ratios of every way to add up; one whose segments do not."""
    rows: list[dict[str, object]] = []
    for over in OVER_TIME:
        for unit, denominator, factor in (("currency", None, 1), ("points", "d", 100)):
            rows.append(
                {"kpi_id": f"{over} {unit}", "unit": unit, "denominator": denominator, "factor": factor}
            )
            rows[-1] |= {"over": over, "adds": "sum"}
    return [*rows, {**rows[1], "kpi_id": "does not add up", "adds": "none"}]


def random_components(seed: int) -> dict[Key, tuple[float, float | None]]:
    """Segments come and go; a denominator may be 0 where the numerator is not."""
    chance = random.Random(seed)
    found: dict[Key, tuple[float, float | None]] = {}
    for kpi in kpis():
        for month in months():
            if chance.random() < 0.05:
                continue
            # All dimensions split the same rows.
            rows = [
                (
                    chance.randint(-50, 900_000_000) / 10_000
                    if kpi["unit"] == "currency"
                    else chance.randint(-9, 9),
                    None if kpi["denominator"] is None else chance.choice([0, 0, 1, 2, 7, 1_000]),
                )
                for _ in range(chance.choice([1, 40, 40]))
            ]
            for dimension, values in {"all": ["all"], **SEGMENTS}.items():
                for row in rows:
                    key = (str(kpi["kpi_id"]), month, dimension, chance.choice(values))
                    n, d = found.get(key, (0.0, None if row[1] is None else 0.0))
                    found[key] = (round(n + row[0], 4), None if d is None or row[1] is None else d + row[1])
    return found


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    found = Warehouse(marts=(DRIVERS, PERIODS))
    create = found.connection.execute
    create(
        f"create table {found.relation('dim_kpis')} (kpi_id varchar, level varchar, is_focus boolean,"
        " unit varchar, denominator_column varchar, factor double, adds_over_segments varchar,"
        " numerator_over_time varchar, denominator_over_time varchar, window_months bigint)"
    )
    for kpi in kpis():
        over = kpi["over"]
        create(
            f"insert into {found.relation('dim_kpis')} values (?, 'kpi', false, ?, ?, ?, ?, ?, ?, null)",
            [
                *(kpi[name] for name in ("kpi_id", "unit", "denominator", "factor", "adds")),
                *(over, over if kpi["denominator"] else None),
            ],
        )
    create(
        f"create table {found.relation('dim_months')} as"
        " select unnest(?::date[]) as month_start, date_trunc('quarter', month_start)::date as quarter_start,"
        " date_trunc('year', month_start)::date as year_start, true as is_complete",
        [months()],
    )
    run(found, CALENDAR)
    yield found
    found.connection.close()


def run(warehouse: Warehouse, name: str) -> list[Record]:
    warehouse.run(next(node for node in warehouse.nodes if node["name"] == name))
    return warehouse.rows(name)


def load(warehouse: Warehouse, components: dict[Key, tuple[float, float | None]]) -> None:
    relation = warehouse.relation(COMPONENTS)
    warehouse.connection.execute(
        f"create or replace table {relation} (kpi_id varchar, month_start date, segment_dimension varchar,"
        " segment_value varchar, numerator double, denominator double)"
    )
    warehouse.connection.executemany(
        f"insert into {relation} values (?, ?, ?, ?, ?, ?)",
        [(*key, *sides) for key, sides in components.items()],
    )


@pytest.mark.parametrize("seed", range(5))
def test_drivers_sum_to_the_change_and_are_those_of_the_formula(warehouse: Warehouse, seed: int) -> None:
    components = random_components(seed)
    load(warehouse, components)
    actual: dict[tuple[object, ...], dict[str, float]] = {}
    for row in run(warehouse, DRIVERS):
        key = (row["kpi_id"], row["month_start"], row["comparison"], row["segment_dimension"])
        actual.setdefault(key, {})[row["segment_value"]] = row["contribution"]
    expected = set()
    for kpi in kpis():
        if kpi["adds"] == "none":
            continue
        for month in months():
            for comparison, back in BACK.items():
                now, then = (all_of(components, kpi, day) for day in (month, earlier_month(month, back)))
                if now is None or then is None or now.value is None or then.value is None:
                    continue
                for dimension in SEGMENTS:
                    key = (kpi["kpi_id"], month, comparison, dimension)
                    expected.add(key)
                    parts = actual.get(key, {})
                    by_hand = contributions(
                        parts_of(components, kpi, month, dimension),
                        parts_of(components, kpi, earlier_month(month, back), dimension),
                        now,
                        then,
                    )
                    assert parts.keys() == by_hand.keys()
                    size = max(1.0, abs(now.value), abs(then.value))
                    for segment, part in by_hand.items():
                        assert math.isclose(parts[segment], part, rel_tol=1e-9, abs_tol=1e-9 * size)
                    if kpi["unit"] == "currency":
                        assert sum(map(exact, parts.values())) == exact(now.value) - exact(then.value)
                    else:
                        assert abs(math.fsum(parts.values()) - (now.value - then.value)) <= 1e-12 * size
    assert actual.keys() == expected
    assert len(expected) > 150


def exact(money: float) -> Fraction:
    """Money to four decimals."""
    return Fraction(round(money * 10_000), 10_000)


def all_of(
    components: dict[Key, tuple[float, float | None]], kpi: dict[str, object], month: dt.date
) -> Sides | None:
    return parts_of(components, kpi, month, "all").get("all")


def parts_of(
    components: dict[Key, tuple[float, float | None]], kpi: dict[str, object], month: dt.date, dimension: str
) -> dict[str, Sides]:
    """Each segment's two sides, the numerator times the KPI's factor."""
    factor = float(str(kpi["factor"]))
    return {
        key[3]: Sides(factor * numerator, denominator)
        for key, (numerator, denominator) in components.items()
        if key[:3] == (kpi["kpi_id"], month, dimension)
    }


@pytest.mark.parametrize("seed", range(5, 8))
def test_periods_add_up_months_as_the_dictionary_says(warehouse: Warehouse, seed: int) -> None:
    components = random_components(seed)
    load(warehouse, components)
    actual = {
        (
            row["kpi_id"],
            row["period"],
            row["period_start"],
            row["segment_dimension"],
            row["segment_value"],
        ): row
        for row in run(warehouse, PERIODS)
    }
    by_kpi = {str(kpi["kpi_id"]): kpi for kpi in kpis()}
    groups: dict[tuple[str, str, dt.date, str, str], list[tuple[dt.date, float, float | None]]] = {}
    for (kpi_id, month, dimension, value), sides in components.items():
        for period, start, _ in periods_of(month):
            groups.setdefault((kpi_id, period, start, dimension, value), []).append((month, *sides))
    assert actual.keys() == groups.keys()
    for key, rows in groups.items():
        kpi, (_, _, first, last) = by_kpi[key[0]], span(key[1], key[2])
        chosen = {
            "sum": rows,
            "first": [row for row in rows if row[0] == first],
            "last": [row for row in rows if row[0] == last],
        }[str(kpi["over"])]
        value: float | None = None
        if chosen:
            sides = Sides(
                math.fsum(row[1] for row in chosen),
                math.fsum(row[2] or 0 for row in chosen) if kpi["denominator"] else None,
            )
            value = None if sides.value is None else float(str(kpi["factor"])) * sides.value
        found = actual[key]["value"]
        assert (found is None) == (value is None), key
        assert found is None or value is None or math.isclose(found, value, rel_tol=1e-9, abs_tol=1e-9)


def periods_of(month: dt.date) -> list[tuple[str, dt.date, dt.date]]:
    """The calendar quarter and year of a month, and the years to date that hold it."""
    quarter = dt.date(month.year, 3 * ((month.month - 1) // 3) + 1, 1)
    year = dt.date(month.year, 1, 1)
    quarters = {dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1) for day in months()}
    to_date = [("year_to_date", start, year) for start in quarters if year <= start and quarter <= start]
    return [
        ("quarter", quarter, quarter),
        ("year", year, year),
        *(each for each in to_date if each[1].year == month.year),
    ]


def span(period: str, start: dt.date) -> tuple[str, dt.date, dt.date, dt.date]:
    """The first and the last month of a period that have figures."""
    first = dt.date(start.year, 1, 1) if period != "quarter" else start
    end = earlier_month(start, -11 if period == "year" else -2)
    return period, start, max(first, months()[0]), min(end, months()[-1])
