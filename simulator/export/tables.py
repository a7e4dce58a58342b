"""The tables that are written once, at the end: accounts, users, subscriptions, deals, staff."""

from __future__ import annotations

import numpy as np

from simulator.clock import NEVER
from simulator.company import catalog as cat
from simulator.company.ledger import GENERATIONS, SLOTS
from simulator.company.names import company_names
from simulator.company.texts import LEAVING_COMMENTS
from simulator.company.users import ROLES
from simulator.company.world import World
from simulator.files.columns import Column, Dates, Fixed, Ids, Numbers, Times, Words
from simulator.months import opportunities
from simulator.randomness import Ints

_ROWS_AT_ONCE = 400_000
_OUTCOMES = ("open", "renewed", "churned")


def write_all(world: World) -> None:
    """All of them, in the order of the contract."""
    _accounts(world)
    _users(world)
    _plans(world)
    _subscription_items(world)
    _contracts(world)
    _cancellations(world)
    _opportunities(world)
    _targets(world)
    _staff(world)


def _accounts(world: World) -> None:
    a = world.accounts
    names = company_names(world.config.seed, world.names, a.is_japanese, a.industry)
    # Without an offer of its own, onboarding is offered at sign-up.
    offered = np.where(a.is_sales_led | (np.arange(len(a)) % 3 == 0), a.offered_at, NEVER)
    columns: dict[str, Column] = {
        "account_id": Ids("A", np.arange(len(a))),
        "account_name": Words(np.arange(len(a)), names),
        "created_at": Times(a.created_at),
        "country": Words(a.country, [country.code for country in cat.COUNTRIES]),
        "industry": Words(a.industry, cat.INDUSTRIES),
        "size_band": Words(a.size, cat.SIZE_BANDS),
        "csm_id": Ids("M", world.staff.csm_of, 4),
        "acquisition_channel": Words(a.channel, [channel.name for channel in cat.CHANNELS]),
        "region": Words(a.country, [country.region for country in cat.COUNTRIES]),
        "onboarding_offered_at": Times(offered),
        "referred_by_account_id": Ids("A", a.referred_by),
        "merged_into_account_id": Ids("A", a.merged_into),
        "is_test": Numbers(a.is_test),
        "parent_account_id": Ids("A", a.parent),
    }
    world.raw.write("accounts", columns)


def _users(world: World) -> None:
    rows = world.people.rows
    for begin in range(0, len(rows), _ROWS_AT_ONCE):
        part = slice(begin, begin + _ROWS_AT_ONCE)
        level = rows["champion_level"][part].astype(np.int64)
        columns: dict[str, Column] = {
            "user_id": Ids("U", np.arange(begin, min(begin + _ROWS_AT_ONCE, len(rows)))),
            "account_id": Ids("A", rows["account"][part]),
            "created_at": Times(rows["created_at"][part]),
            "deactivated_at": Times(rows["deactivated_at"][part]),
            "role": Words(rows["role"][part], ROLES),
            "champion_since": Times(rows["champion_since"][part]),
            "champion_until": Times(rows["champion_until"][part]),
            "champion_level": Numbers(level, level > 0),
        }
        world.raw.write("users", columns)


def _plans(world: World) -> None:
    order = np.arange(len(cat.PLANS))
    columns: dict[str, Column] = {
        "plan_id": Words(order, [plan.plan_id for plan in cat.PLANS]),
        "plan_name": Words(order, [plan.plan_name for plan in cat.PLANS]),
        "product_id": Words(order, [plan.product_id for plan in cat.PLANS]),
        "product_name": Words(order, [plan.product_name for plan in cat.PLANS]),
        "tier_rank": Numbers(np.array([plan.tier_rank for plan in cat.PLANS])),
        "is_addon": Numbers(np.array([plan.is_addon for plan in cat.PLANS])),
    }
    world.raw.write("plans", columns)


def _subscription(account: Ints, generation: Ints, slot: Ints) -> Ints:
    """The core plan and its add-ons are one subscription, the second product is another."""
    return (account * GENERATIONS + generation) * 2 + (slot == cat.SLOT_INSIGHTS)


def _subscription_items(world: World) -> None:
    versions = world.ledger.versions()
    for begin in range(0, len(versions["account"]), _ROWS_AT_ONCE):
        v = {name: values[begin : begin + _ROWS_AT_ONCE] for name, values in versions.items()}
        interval = world.ledger.interval[v["account"]]
        columns: dict[str, Column] = {
            "subscription_item_id": Ids(
                "SI", (v["account"] * GENERATIONS + v["generation"]) * SLOTS + v["slot"], 8
            ),
            "subscription_id": Ids("SU", _subscription(v["account"], v["generation"], v["slot"])),
            "account_id": Ids("A", v["account"]),
            "plan_id": Words(v["plan"], [plan.plan_id for plan in cat.PLANS]),
            "quantity": Fixed(v["quantity"], 0),
            "unit_price": Fixed(v["price"], 2),
            "discount_rate": Fixed(v["discount"], 4),
            "currency": Words(world.ledger.currency[v["account"]], cat.CURRENCIES),
            "billing_interval": Words(interval, [i.unit for i in cat.INTERVALS]),
            "billing_interval_count": Numbers(np.array([i.count for i in cat.INTERVALS])[interval]),
            "status": Words(v["status"], cat.STATUSES),
            "valid_from": Times(v["valid_from"]),
            "valid_to": Times(_known_end(world, v)),
        }
        world.raw.write("subscription_items", columns)


def _known_end(world: World, v: dict[str, Ints]) -> Ints:
    """Lines that run and whose end was decided say so, in most billing systems."""
    c = world.commerce
    leaves = (v["valid_to"] == NEVER) & c.leaving[v["account"]] & (v["status"] != cat.CANCELED)
    return np.where(leaves, c.end_at[v["account"]], v["valid_to"])


def _contracts(world: World) -> None:
    rows = world.commerce.contracts
    known = rows["decided_at"] < world.timeline.end
    outcome = np.where(known, rows["outcome"], 0)
    columns: dict[str, Column] = {
        "contract_id": Ids("K", np.arange(len(rows))),
        "account_id": Ids("A", rows["account"]),
        "started_at": Times(rows["started_at"]),
        "ends_at": Times(rows["ends_at"]),
        "mrr": Fixed(rows["mrr"], 4),
        "currency": Words(world.ledger.currency[rows["account"]], cat.CURRENCIES),
        "outcome": Words(outcome, _OUTCOMES),
        "decided_at": Times(np.where(known, rows["decided_at"], NEVER)),
        "renewed_mrr": Fixed(np.maximum(rows["renewed_mrr"], 0), 4, known & (rows["renewed_mrr"] >= 0)),
        "auto_renews": Numbers(rows["auto_renews"]),
    }
    world.raw.write("contracts", columns)


def _cancellations(world: World) -> None:
    rows = world.commerce.cancellations
    account = rows["account"].astype(np.int64)
    columns: dict[str, Column] = {
        "cancellation_id": Ids("C", np.arange(len(rows))),
        "account_id": Ids("A", account),
        "subscription_id": Ids(
            "SU", _subscription(account, rows["generation"].astype(np.int64), np.zeros(len(rows), int))
        ),
        "cancelled_at": Times(rows["at"]),
        "reason_code": Words(rows["reason"], cat.REASONS),
        "competitor": Words(rows["competitor"], cat.COMPETITORS),
        "comment": Words(rows["comment"], LEAVING_COMMENTS[0] + LEAVING_COMMENTS[1]),
    }
    world.raw.write("cancellations", columns)


def _opportunities(world: World) -> None:
    rows = world.commerce.opportunities
    order = np.argsort(rows["created_at"], kind="stable")
    account = rows["account"][order]
    columns: dict[str, Column] = {
        "opportunity_id": Ids("O", np.arange(len(rows))),
        "account_id": Ids("A", account),
        "kind": Words(rows["kind"][order], opportunities.KINDS),
        "source": Words(rows["source"][order], opportunities.SOURCES),
        "created_at": Times(rows["created_at"][order]),
        "accepted_at": Times(rows["accepted_at"][order]),
        "closed_at": Times(rows["closed_at"][order]),
        "outcome": Words(rows["outcome"][order], opportunities.OUTCOMES),
        "mrr": Fixed(rows["mrr"][order], 4),
        "currency": Words(world.ledger.currency[account], cat.CURRENCIES),
        "product_id": Words(rows["product"][order], cat.PRODUCTS),
        "campaign_id": Ids("CP", rows["campaign"][order], 3),
    }
    world.raw.write("opportunities", columns)


def _targets(world: World) -> None:
    """Targets from the first month on, a little higher from the second year on."""
    starts = world.timeline.starts[[0, *([12] if world.config.months > 12 else [])]]
    number, year = (index.ravel() for index in np.indices((len(cat.KPI_TARGETS), len(starts))))
    target = np.array([round(target * 10_000) for _, target, _ in cat.KPI_TARGETS])[number]
    warning = np.array([round(warning * 10_000) for _, _, warning in cat.KPI_TARGETS])[number]
    is_first = year == 0
    columns: dict[str, Column] = {
        "kpi_id": Words(number, [kpi for kpi, _, _ in cat.KPI_TARGETS]),
        "segment_dimension": Words(np.zeros(len(number), int), ("all",)),
        "segment_value": Words(np.zeros(len(number), int), ("all",)),
        "effective_month": Dates(starts[year]),
        "target_value": Fixed(np.where(is_first, target + (warning - target) // 4, target), 4),
        "warning_value": Fixed(warning, 4),
    }
    world.raw.write("kpi_targets", columns)


def _staff(world: World) -> None:
    staff = world.staff
    count = np.arange(len(staff.names))
    columns: dict[str, Column] = {
        "member_id": Ids("M", count, 4),
        "member_name": Words(count, staff.names),
        "team": Words(staff.team, cat.TEAMS),
        "role": Words(count, staff.role),
        "joined_at": Times(staff.joined_at),
        "left_at": Times(staff.left_at),
    }
    world.raw.write("team_members", columns)
