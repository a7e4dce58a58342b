"""Where the revenue marts and the day count differ, and what must hold in the marts by themselves."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal

from .comparison import MONEY_STEP, differences, shown
from .revenue_oracle import Company, Table, everything, local_mrr, month_of
from .warehouse import Record

Read = Callable[[str], list[Record]]

ATTRIBUTES = ("country", "size_band")
AMOUNTS = ("opening", "new", "reactivated", "expansion", "contraction", "churned", "fx_impact", "closing")


def disagreements(company: Company, read: Read) -> list[str]:
    """Every cell that the oracle knows, in every revenue and customer mart, that is not the mart's."""
    return [
        *ledger(company, read),
        *accounts(company, read),
        *periods(company, read),
        *months(company, read),
        *kpis(company, read),
    ]


def ledger(company: Company, read: Read) -> list[str]:
    movements: Table = {
        (m.account, m.day): {
            "month_start": month_of(m.day),
            "movement_type": m.type,
            "mrr_before": m.before,
            "mrr_after": m.after,
            "mrr_change": m.change,
            "days_lapsed": m.days_lapsed,
            "is_pause": m.is_pause,
            "is_free_period": m.is_free_period,
            "is_involuntary": m.is_involuntary,
        }
        for m in company.movements
    }
    drivers: Table = {
        (m.account, m.day, d.product, d.driver): {
            "mrr_change": d.change,
            "is_upsell": d.is_upsell,
            "is_cross_sell": d.is_cross_sell,
        }
        for m in company.movements
        for d in m.drivers
    }
    # Each item is rounded on its own, and a driver may hold the remainder of several.
    movement_keys = ["account_id", "movement_date"]
    return [
        *differences("fct_mrr_movements", read("fct_mrr_movements"), movement_keys, movements),
        *differences(
            "fct_mrr_movement_drivers",
            read("fct_mrr_movement_drivers"),
            [*movement_keys, "product_id", "driver"],
            drivers,
            10 * MONEY_STEP,
        ),
    ]


def accounts(company: Company, read: Read) -> list[str]:
    month = month_of(company.inputs.as_of)
    expected: Table = {}
    new_rows = [row for row in company.account_months.values() if row.is_new]
    for account in company.states:
        days = [movement.day for movement in company.movements if movement.account == account]
        cohorts = [row.month for row in new_rows if row.account == account]
        expected[(account,)] = {
            "first_mrr_date": min(days, default=None),
            "cohort_month": min(cohorts, default=None),
            "is_customer": company.closing(account, month) > 0,
            "current_mrr": company.closing(account, month),
        }
    records = [record for record in read("dim_accounts") if (record["account_id"],) in expected]
    return differences("dim_accounts", records, ["account_id"], expected)


def periods(company: Company, read: Read) -> list[str]:
    """Active versions that have begun and lasted to the end of a day; and what all versions add up to."""

    def shown_here(status: str, started_on: dt.date, ended_on: dt.date | None) -> bool:
        return status == "active" and started_on != ended_on and started_on <= company.inputs.as_of

    expected: Table = {
        (v.item, v.customer, v.first_day, None if v.ends is None else v.end_day): {
            "plan_id": v.plan,
            "currency": v.currency,
            "quantity": v.quantity,
            "mrr_local": v.mrr,
        }
        for v in company.versions
        if v.customer and shown_here(v.status, v.first_day, v.end_day)
    }
    records = [
        record
        for record in read("fct_subscription_periods")
        if shown_here(record["status"], record["started_on"], record["ended_on"])
    ]
    keys = ["subscription_item_id", "account_id", "started_on", "ended_on"]
    return [
        *differences("fct_subscription_periods", records, keys, expected),
        *closings_from_periods(company, read),
    ]


def closings_from_periods(company: Company, read: Read) -> list[str]:
    """Periods that hold a month's close sum to the local MRR of that close."""
    sums: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    for record in read("fct_subscription_periods"):
        for month in company.months:
            close = company.close_day(month)
            if record["started_on"] <= close and (record["ended_on"] is None or close < record["ended_on"]):
                sums[record["account_id"], month, record["currency"]] += record["mrr_local"]
    actual = [
        dict(zip(("account", "month", "currency", "mrr"), (*key, mrr), strict=True))
        for key, mrr in sums.items()
    ]
    expected: Table = {
        (account, month, currency): {"mrr": mrr}
        for account in company.states
        for month in company.months
        for currency, mrr in local_mrr(company.closing_state(account, month)).items()
    }
    return differences("sum of fct_subscription_periods", actual, ["account", "month", "currency"], expected)


def months(company: Company, read: Read) -> list[str]:
    expected: Table = {
        (row.account, row.month): {
            "opening_mrr": row.opening,
            "new_mrr": row.new,
            "reactivated_mrr": row.reactivated,
            "expansion_mrr": row.expansion,
            "contraction_mrr": row.contraction,
            "churned_mrr": row.churned,
            "fx_impact_mrr": row.fx_impact,
            "closing_mrr": row.closing,
            "upsell_mrr": row.upsell,
            "cross_sell_mrr": row.cross_sell,
            "is_opening_customer": row.opening > 0,
            "is_closing_customer": row.closing > 0,
            "is_new": row.is_new,
            "is_reactivated": row.is_reactivated,
            "is_churned": row.is_churned,
            "cohort_month": row.cohort,
            "tenure_months": months_between(row.cohort, row.month) - row.is_churned,
            "plan_id": company.by_largest("plan")(row),
        }
        for row in company.account_months.values()
    }
    keys = ["account_id", "month_start"]
    return differences("fct_account_months", read("fct_account_months"), keys, expected)


def months_between(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def kpis(company: Company, read: Read) -> list[str]:
    found = []
    segments = {
        "all": everything,
        **{name: company.by_attribute(name) for name in ATTRIBUTES},
        "plan": company.by_largest("plan"),
        "product": company.by_largest("product"),
    }
    marts = {
        "kpi_mrr_months": company.mrr_months,
        "kpi_revenue_retention_months": company.revenue_retention_months,
        "kpi_customer_retention_months": company.customer_retention_months,
        "kpi_retention_cohorts": company.retention_cohorts,
        "kpi_expansion_months": company.expansion_months,
        "kpi_ltv_months": company.ltv_months,
    }
    for mart, count in marts.items():
        records = read(mart)
        keys = ["cohort_month", "months_since"] if mart == "kpi_retention_cohorts" else ["month_start"]
        for dimension, segment in segments.items():
            chosen = [record for record in records if record["segment_dimension"] == dimension]
            found += differences(f"{mart} {dimension}", chosen, [*keys, "segment_value"], count(segment))
    records = read("kpi_mrr_months_gross")
    for attribute in (None, *ATTRIBUTES):
        chosen = [record for record in records if record["segment_dimension"] == (attribute or "all")]
        expected = company.mrr_months_gross(attribute)
        found += differences(
            f"kpi_mrr_months_gross {attribute or 'all'}", chosen, ["month_start", "segment_value"], expected
        )
    return [
        *found,
        *differences(
            "kpi_product_mrr_months",
            read("kpi_product_mrr_months"),
            ["month_start", "product_id", "plan_id"],
            company.product_mrr_months(),
        ),
        *differences(
            "kpi_other_revenue_months",
            read("kpi_other_revenue_months"),
            ["month_start", "charge_kind"],
            company.other_revenue_months(),
        ),
    ]


def broken_invariants(read: Read) -> list[str]:
    """What must hold in the marts by themselves, to the last decimal."""
    mrr = [f"{amount}_mrr" for amount in AMOUNTS]
    customers = [
        f"{count}_customers"
        for count in ("opening", "new", "reactivated", "churned", "closing", "involuntary_churned")
    ]
    expansions = [
        "opening_customers",
        "upsold_customers",
        "cross_sold_customers",
        "expanded_customers",
        "upsell_mrr",
    ]
    return [
        *broken_movements(read),
        *broken_roll_forwards(read),
        *broken_account_months(read),
        *uneven_segments("kpi_mrr_months", read, mrr),
        *uneven_segments("kpi_mrr_months_gross", read, mrr),
        *uneven_segments("kpi_customer_retention_months", read, customers),
        *uneven_segments("kpi_expansion_months", read, expansions),
    ]


def broken_movements(read: Read) -> list[str]:
    """Drivers sum to their movement; within a month a movement begins where the last one ended."""
    found = []
    movements = sorted(read("fct_mrr_movements"), key=lambda movement: movement["movement_date"])
    explained: dict[str, Decimal] = defaultdict(Decimal)
    for driver in read("fct_mrr_movement_drivers"):
        explained[driver["movement_id"]] += driver["mrr_change"]
    ids = {movement["movement_id"] for movement in movements}
    if len(ids) != len(movements):
        found.append("fct_mrr_movements: movement_id is not unique")
    found += [f"drivers of no movement: {each}" for each in {*explained} - ids]
    ended: dict[object, Decimal] = {}
    for movement in movements:
        change, key = movement["mrr_change"], (movement["account_id"], movement["month_start"])
        if not change or movement["mrr_before"] + change != movement["mrr_after"]:
            found.append(f"before and change are not after: {shown(movement)}")
        if explained[movement["movement_id"]] != change:
            found.append(f"drivers sum to {explained[movement['movement_id']]}: {shown(movement)}")
        if ended.get(key, movement["mrr_before"]) != movement["mrr_before"]:
            found.append(f"does not begin where the last one ended, {ended[key]}: {shown(movement)}")
        ended[key] = movement["mrr_after"]
    return found


def broken_roll_forwards(read: Read) -> list[str]:
    found = []
    for mart in ("fct_account_months", "kpi_mrr_months", "kpi_mrr_months_gross"):
        for row in read(mart):
            opening, new, reactivated, expansion, contraction, churned, fx, closing = (
                row[f"{amount}_mrr"] for amount in AMOUNTS
            )
            if closing != opening + new + reactivated + expansion - contraction - churned + fx:
                found.append(f"{mart} does not roll forward: {shown(row)}")
    return found


def broken_account_months(read: Read) -> list[str]:
    """Months follow each other, and each holds what the ledger moved in it."""
    found = []
    moved: dict[tuple[str, dt.date], Decimal] = defaultdict(Decimal)
    for movement in read("fct_mrr_movements"):
        moved[movement["account_id"], movement["month_start"]] += movement["mrr_change"]
    closed: dict[str, Decimal] = defaultdict(Decimal)
    for row in sorted(read("fct_account_months"), key=lambda row: row["month_start"]):
        account = row["account_id"]
        if row["upsell_mrr"] + row["cross_sell_mrr"] != row["expansion_mrr"]:
            found.append(f"upsell and cross-sell are not the expansion: {shown(row)}")
        if (
            moved.pop((account, row["month_start"]), 0)
            != row["closing_mrr"] - row["opening_mrr"] - row["fx_impact_mrr"]
        ):
            found.append(f"the ledger and the month differ: {shown(row)}")
        if closed[account] != row["opening_mrr"]:
            found.append(f"opening is not the closing before: {shown(row)}")
        closed[account] = row["closing_mrr"]
    found += [
        f"the ledger moved {change} and left nothing: {shown(key)}" for key, change in moved.items() if change
    ]
    return found


def uneven_segments(mart: str, read: Read, columns: Sequence[str]) -> list[str]:
    """Months in which the segments of a dimension do not add up to the whole."""
    sums: dict[tuple[dt.date, str, str], Decimal] = defaultdict(Decimal)
    for record in read(mart):
        for column in columns:
            sums[record["month_start"], record["segment_dimension"], column] += record[column]
    return [
        f"{mart} {dimension} {month}: {column} of all segments is {value}"
        for (month, dimension, column), value in [*sums.items()]
        if value != sums[month, "all", column]
    ]
