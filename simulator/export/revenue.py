"""Plans, subscription items, cancellations, opportunities and exchange rates."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER
from simulator.company import catalog as cat
from simulator.company.exchange_rates import RATE_SCALE
from simulator.company.ledger import GENERATIONS, SLOTS
from simulator.company.texts import LEAVING_COMMENTS
from simulator.company.world import World
from simulator.files.columns import Column, Dates, Decimals, Ids, Numbers, Texts, Times
from simulator.files.raw_folder import ROWS_AT_ONCE
from simulator.months import opportunities
from simulator.randomness import Ints, happens

ONBOARDING_FEES = (500, 3_000, 12_000)  # by size, in the currency of the account


def write_plans(world: World) -> None:
    order = np.arange(len(cat.PLANS))
    columns: dict[str, Column] = {
        "plan_id": Texts(order, [plan.plan_id for plan in cat.PLANS]),
        "plan_name": Texts(order, [plan.plan_name for plan in cat.PLANS]),
        "product_id": Texts(order, [plan.product_id for plan in cat.PLANS]),
        "product_name": Texts(order, [plan.product_name for plan in cat.PLANS]),
        "tier_rank": Numbers(np.array([plan.tier_rank for plan in cat.PLANS])),
        "is_addon": Numbers(np.array([plan.is_addon for plan in cat.PLANS])),
    }
    world.raw.write("plans", columns)


def _subscription(account: Ints, generation: Ints, slot: Ints) -> Ints:
    """The core plan and its add-ons are one subscription, the second product is another."""
    return (account * GENERATIONS + generation) * 2 + (slot == cat.SLOT_INSIGHTS)


def write_subscription_items(world: World) -> None:
    versions = world.ledger.versions()
    versions["ends_at"] = _overlapping(world, versions, _known_end(world, versions))
    for begin in range(0, len(versions["account"]), ROWS_AT_ONCE):
        v = {name: values[begin : begin + ROWS_AT_ONCE] for name, values in versions.items()}
        interval = world.ledger.interval[v["account"]]
        columns: dict[str, Column] = {
            "subscription_item_id": Ids(
                "SI", (v["account"] * GENERATIONS + v["generation"]) * SLOTS + v["slot"], 8
            ),
            "subscription_id": Ids("SU", _subscription(v["account"], v["generation"], v["slot"])),
            "account_id": Ids("A", v["account"]),
            "plan_id": Texts(v["plan"], [plan.plan_id for plan in cat.PLANS]),
            "quantity": Decimals(v["quantity"], 0),
            "unit_price": Decimals(v["price"], 2),
            "discount_rate": Decimals(v["discount"], 4),
            "currency": Texts(world.ledger.currency[v["account"]], cat.CURRENCIES),
            "billing_interval": Texts(interval, [i.unit for i in cat.INTERVALS]),
            "billing_interval_count": Numbers(np.array([i.count for i in cat.INTERVALS])[interval]),
            "status": Texts(v["status"], cat.STATUSES),
            "valid_from": Times(v["valid_from"]),
            "valid_to": Times(v["ends_at"]),
        }
        world.raw.write("subscription_items", columns)


def write_fees(world: World) -> None:
    """What sales-led accounts pay once for onboarding, with their first paid version."""
    share = world.config.model.fee_share
    if not share:
        return
    v = world.ledger.versions()
    paid = np.flatnonzero((v["slot"] == cat.SLOT_CORE) & (v["status"] == cat.ACTIVE))
    account, first = np.unique(v["account"][paid], return_index=True)
    a = world.accounts
    is_charged = a.is_sales_led[account] & happens(world.rng("fees"), np.full(len(account), share))
    account, first = account[is_charged], paid[first[is_charged]]
    once = np.zeros(len(account), dtype=np.int64)
    columns: dict[str, Column] = {
        "subscription_item_id": Ids("SF", account, 8),
        "subscription_id": Ids("SU", _subscription(account, v["generation"][first], v["slot"][first])),
        "account_id": Ids("A", account),
        "plan_id": Texts(v["plan"][first], [plan.plan_id for plan in cat.PLANS]),
        "quantity": Decimals(once + 1, 0),
        "unit_price": Decimals(np.array(ONBOARDING_FEES)[a.size[account]] * 100, 2),
        "currency": Texts(world.ledger.currency[account], cat.CURRENCIES),
        "status": Texts(v["status"][first], cat.STATUSES),
        "valid_from": Times(v["valid_from"][first]),
        "valid_to": Times(np.full(len(account), NEVER)),
        "charge_kind": Texts(once, ("one_time",)),
    }
    world.raw.write("subscription_items", columns)


def _known_end(world: World, v: dict[str, Ints]) -> Ints:
    """Running items of accounts that decided to leave already have their end, as in most billing systems."""
    c = world.commerce
    leaves = (v["valid_to"] == NEVER) & c.leaving[v["account"]] & (v["status"] != cat.CANCELED)
    return np.where(leaves, c.end_at[v["account"]], v["valid_to"])


def _overlapping(world: World, v: dict[str, Ints], ends_at: Ints) -> Ints:
    """Some versions keep an end after the next version's start, or none: the next one replaces them."""
    rng, share = world.rng("overlaps"), world.config.model.overlap_share
    is_replaced = np.zeros(len(ends_at), dtype=bool)
    is_replaced[:-1] = v["valid_to"][:-1] == v["valid_from"][1:]
    for name in ("account", "slot", "generation"):
        is_replaced[:-1] &= v[name][:-1] == v[name][1:]
    chosen = is_replaced & (rng.random(len(ends_at)) < share) & world.config.untidy
    later = np.where(is_replaced, v["valid_to"], 0) + (rng.uniform(1, 60, len(ends_at)) * DAY).astype(
        np.int64
    )
    return np.where(chosen, np.where(rng.random(len(ends_at)) < 0.5, NEVER, later), ends_at)


def write_cancellations(world: World) -> None:
    rows = world.commerce.cancellations
    account = rows["account"].astype(np.int64)
    columns: dict[str, Column] = {
        "cancellation_id": Ids("C", np.arange(len(rows))),
        "account_id": Ids("A", account),
        "subscription_id": Ids(
            "SU", _subscription(account, rows["generation"].astype(np.int64), np.zeros(len(rows), int))
        ),
        "cancelled_at": Times(rows["at"]),
        "reason_code": Texts(rows["reason"], cat.REASONS),
        "competitor": Texts(rows["competitor"], cat.COMPETITORS),
        "comment": Texts(rows["comment"], LEAVING_COMMENTS[0] + LEAVING_COMMENTS[1]),
    }
    world.raw.write("cancellations", columns)


def write_opportunities(world: World) -> None:
    rows = world.commerce.opportunities
    order = np.argsort(rows["created_at"], kind="stable")
    account = rows["account"][order]
    columns: dict[str, Column] = {
        "opportunity_id": Ids("O", np.arange(len(rows))),
        "account_id": Ids("A", account),
        "kind": Texts(rows["kind"][order], opportunities.KINDS),
        "source": Texts(rows["source"][order], opportunities.SOURCES),
        "created_at": Times(rows["created_at"][order]),
        "accepted_at": Times(rows["accepted_at"][order]),
        "closed_at": Times(rows["closed_at"][order]),
        "outcome": Texts(rows["outcome"][order], opportunities.OUTCOMES),
        "mrr": Decimals(rows["mrr"][order], 4),
        "currency": Texts(world.ledger.currency[account], cat.CURRENCIES),
        "product_id": Texts(rows["product"][order], cat.PRODUCTS),
        "campaign_id": Ids("CP", rows["campaign"][order], 3),
    }
    world.raw.write("opportunities", columns)


def write_rates(world: World, days: Ints, rates: Ints) -> None:
    """The rates of EUR and JPY on business days."""
    row, currency = (index.ravel() for index in np.indices((len(days), 2)))
    columns: dict[str, Column] = {
        "rate_date": Dates(days[row]),
        "currency": Texts(currency + 1, cat.CURRENCIES),
        "rate_to_reporting": Decimals(rates[row, currency + 1], RATE_SCALE),
    }
    world.raw.write("fx_rates", columns)
