"""The revenue books: MRR by account and day from the true subscription versions, in whole numbers.

They share no code with the warehouse. MRR is in ten-thousandths of the currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.clock import DAY, NEVER, Timeline
from simulator.company import catalog as cat
from simulator.company.accounts import Accounts
from simulator.company.commerce import GRACE_DAYS
from simulator.company.exchange_rates import RATE_SCALE
from simulator.company.ledger import PAYING, item_mrr
from simulator.company.world import World
from simulator.files.columns import Column, Dates, Decimals, Ids, Numbers, Texts
from simulator.randomness import Ints

MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")
NEW, REACTIVATION, EXPANSION, CONTRACTION, CHURN = range(5)


@dataclass(frozen=True)
class Steps:
    """Changes of MRR: one row per account and day on which it changed, in order; money in ten-thousandths."""

    account: Ints
    day: Ints
    before: Ints
    after: Ints


def mrr_steps(
    accounts: Accounts, interval: Ints, versions: dict[str, NDArray[Any]], end: int
) -> tuple[Steps, set[tuple[int, int]], set[tuple[int, int]]]:
    """Changes of MRR, the (account, day) on which pauses start and end, and those of ends for non-payment.

    Test accounts are left out. MRR of a day is that of the items live at its end; a past-due item counts
    GRACE_DAYS. `end` is exclusive.
    """
    counts = ~accounts.is_test[versions["account"]]
    v = {name: values[counts] for name, values in versions.items()}
    account = accounts.effective[v["account"]]
    mrr = item_mrr(v["quantity"], v["price"], v["discount"], interval[v["account"]])
    mrr = np.where(np.isin(v["status"], PAYING), mrr, 0)
    first = v["valid_from"] // DAY
    is_open = v["valid_to"] == NEVER
    last = np.where(is_open, NEVER // DAY, v["valid_to"] // DAY)  # the first day without it
    graced = v["status"] == cat.PAST_DUE
    unpaid = graced & (first + GRACE_DAYS < last)
    last = np.where(unpaid, first + GRACE_DAYS, last)

    pays = (mrr > 0) & (last > first)
    changed_account = np.concatenate([account[pays], account[pays]])
    changed_day = np.concatenate([first[pays], last[pays]])
    change = np.concatenate([mrr[pays], -mrr[pays]])
    inside = changed_day < end // DAY
    changed_account, changed_day, change = changed_account[inside], changed_day[inside], change[inside]

    order = np.lexsort((changed_day, changed_account))
    changed_account, changed_day, change = changed_account[order], changed_day[order], change[order]
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = (changed_account[1:] != changed_account[:-1]) | (changed_day[1:] != changed_day[:-1])
    starts = np.flatnonzero(is_first)
    net = np.add.reduceat(change, starts) if len(starts) else change
    changed_account, changed_day = changed_account[starts], changed_day[starts]
    moves = net != 0
    changed_account, changed_day, net = changed_account[moves], changed_day[moves], net[moves]
    running = np.cumsum(net)
    opens = np.ones(len(net), dtype=bool)
    opens[1:] = changed_account[1:] != changed_account[:-1]
    first_of_account = np.maximum.accumulate(np.where(opens, np.arange(len(net)), 0))
    after = running - (running - net)[first_of_account]
    steps = Steps(changed_account, changed_day, after - net, after)

    paused = v["status"] == cat.PAUSED
    pauses = set(zip(account[paused].tolist(), first[paused].tolist(), strict=True))
    pauses |= set(zip(account[paused].tolist(), last[paused].tolist(), strict=True))
    involuntary = set(zip(account[unpaid].tolist(), last[unpaid].tolist(), strict=True))
    return steps, pauses, involuntary


def month_rates(timeline: Timeline, days: Ints, rates: Ints) -> Ints:
    """The latest rate on or before each month's last day, in millionths (months x currencies)."""
    last_days = timeline.starts[1 : len(timeline.months) + 1] - DAY
    return rates[np.searchsorted(days, last_days, side="right") - 1]


def convert(local: Ints, rate: Ints) -> Ints:
    """Ten-thousandths at a rate in millionths, rounded once, half away from zero; never negative."""
    unit = 10**RATE_SCALE
    return (2 * local * rate + unit) // (2 * unit)


def closings(steps: Steps, timeline: Timeline, accounts: int) -> Ints:
    """MRR in the account's currency at each month's close (accounts x months)."""
    table = np.zeros((accounts, len(timeline.months)), dtype=np.int64)
    month = timeline.index_of(steps.day * DAY)
    np.add.at(table, (steps.account, month), steps.after - steps.before)
    return np.cumsum(table, axis=1)


def write_books(world: World, days: Ints, rates: Ints) -> None:
    """The truth tables mrr_movements, account_months and mrr_months."""
    steps, pauses, involuntary = mrr_steps(
        world.accounts, world.ledger.interval, world.ledger.versions(), world.timeline.end
    )
    by_month = month_rates(world.timeline, days, rates)
    _write_movements(world, steps, pauses, involuntary, by_month)
    _write_months(world, closings(steps, world.timeline, len(world.accounts)), by_month)


def _write_movements(
    world: World,
    steps: Steps,
    pauses: set[tuple[int, int]],
    involuntary: set[tuple[int, int]],
    by_month: Ints,
) -> None:
    month = world.timeline.index_of(steps.day * DAY)
    currency = world.accounts.currency[steps.account]
    rate = by_month[month, currency]
    before, after = convert(steps.before, rate), convert(steps.after, rate)
    first = np.ones(len(month), dtype=bool)
    first[1:] = steps.account[1:] != steps.account[:-1]
    kind = np.select(
        [steps.after == 0, (steps.before == 0) & first, steps.before == 0, steps.after > steps.before],
        [CHURN, NEW, REACTIVATION, EXPANSION],
        CONTRACTION,
    )
    lapsed = np.zeros(len(month), dtype=np.int64)
    lapsed[1:] = steps.day[1:] - steps.day[:-1]
    keys = list(zip(steps.account.tolist(), steps.day.tolist(), strict=True))
    empties = (kind == CHURN) | (kind == REACTIVATION)
    columns: dict[str, Column] = {
        "account_id": Ids("A", steps.account),
        "movement_date": Dates(steps.day * DAY),
        "month_start": Dates(world.timeline.starts[month]),
        "movement_type": Texts(kind, MOVEMENTS),
        "currency": Texts(currency, cat.CURRENCIES),
        "before_local": Decimals(steps.before, 4),
        "after_local": Decimals(steps.after, 4),
        "mrr_before": Decimals(before, 4),
        "mrr_after": Decimals(after, 4),
        "mrr_change": Decimals(after - before, 4),
        "days_lapsed": Numbers(lapsed, kind == REACTIVATION),
        "is_pause": Numbers(empties & np.array([key in pauses for key in keys], dtype=bool)),
        "is_involuntary": Numbers(
            (kind == CHURN) & np.array([key in involuntary for key in keys], dtype=bool)
        ),
    }
    world.truth.write("mrr_movements", columns)


def _write_months(world: World, closing: Ints, by_month: Ints) -> None:
    """Month-end to month-end; one movement per account and month, at the month's rate."""
    currency = world.accounts.currency
    had = np.zeros(len(currency), dtype=bool)
    closed_local = np.zeros(len(currency), dtype=np.int64)
    closed = np.zeros(len(currency), dtype=np.int64)
    months: list[dict[str, float]] = []
    for month in world.timeline.months:
        rate = by_month[month.index, currency]
        now_local = closing[:, month.index]
        now, opening = convert(now_local, rate), convert(closed_local, rate)
        change = now - opening
        new = (closed_local == 0) & (now_local > 0) & ~had
        back = (closed_local == 0) & (now_local > 0) & had
        gone = (closed_local > 0) & (now_local == 0)
        stays = (closed_local > 0) & (now_local > 0)
        amounts = {
            "new_mrr": np.where(new, now, 0),
            "reactivated_mrr": np.where(back, now, 0),
            "expansion_mrr": np.where(stays, np.maximum(change, 0), 0),
            "contraction_mrr": np.where(stays, np.maximum(-change, 0), 0),
            "churned_mrr": np.where(gone, opening, 0),
            "fx_impact_mrr": opening - closed,
        }
        rows = np.flatnonzero((closed_local > 0) | (now_local > 0))
        world.truth.write(
            "account_months",
            {
                "account_id": Ids("A", rows),
                "month_start": Dates(np.full(len(rows), month.start)),
                "currency": Texts(currency[rows], cat.CURRENCIES),
                "opening_local": Decimals(closed_local[rows], 4),
                "closing_local": Decimals(now_local[rows], 4),
                "opening_mrr": Decimals(closed[rows], 4),
                **{name: Decimals(amount[rows], 4) for name, amount in amounts.items()},
                "closing_mrr": Decimals(now[rows], 4),
            },
        )
        totals = {"opening_mrr": closed, **amounts, "closing_mrr": now}
        customers = {
            "opening_customers": closed_local > 0,
            "new_customers": new,
            "reactivated_customers": back,
            "churned_customers": gone,
            "closing_customers": now_local > 0,
        }
        year_ago = closing[:, month.index - 12] if month.index >= 12 else np.zeros_like(now_local)
        then = convert(year_ago, rate)
        base = opening.sum()
        ratios = {
            "customer_churn_rate": (gone.sum(), (closed_local > 0).sum()),
            "nrr_rate": (now[closed_local > 0].sum(), base),
            "grr_rate": (np.minimum(opening, now).sum(), base),
            "nrr_12m_rate": (now[year_ago > 0].sum(), then.sum()),
            "grr_12m_rate": (np.minimum(then, now)[year_ago > 0].sum(), then.sum()),
        }
        months.append(
            {name: int(amount.sum()) for name, amount in (totals | customers).items()}
            | {name: float(part / whole) if whole else np.nan for name, (part, whole) in ratios.items()}
        )
        closed_local, closed = now_local, now
        had = had | (now_local > 0)
    _write_totals(world, months)


def _write_totals(world: World, months: list[dict[str, float]]) -> None:
    columns: dict[str, Column] = {"month_start": Dates(world.timeline.starts[: len(months)])}
    for name in months[0]:
        values = np.array([month[name] for month in months])
        if name.endswith("_mrr"):
            columns[name] = Decimals(values, 4)
        else:
            columns[name] = Numbers(np.nan_to_num(values), ~np.isnan(values))
    world.truth.write("mrr_months", columns)
