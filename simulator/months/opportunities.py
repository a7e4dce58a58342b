"""Sales opportunities in existing accounts: won ones behind expansions, lost ones, and renewals."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER, Month
from simulator.company.commerce import LIVE
from simulator.company.world import World
from simulator.randomness import Bools, Ints, happens, pick_by_row

UPSELL, CROSS_SELL, RENEWAL = range(3)
KINDS = ("upsell", "cross_sell", "renewal")
SOURCES = ("customer_success", "sales", "marketing", "partner", "self_serve")
OPEN, WON, LOST = range(3)
OUTCOMES = ("open", "won", "lost")
# Of accounts without a manager, and with one.
_SOURCE_SHARES = np.array([[0.05, 0.18, 0.10, 0.05, 0.62], [0.46, 0.36, 0.07, 0.08, 0.03]])


def _accepted(rng: np.random.Generator, created: Ints, closed: Ints, share: float) -> Ints:
    """When sales accepted each: most are, between creation and close."""
    after = created + (
        rng.random(len(created)) * 0.4 * (np.minimum(closed, created + 60 * DAY) - created)
    ).astype("i8")
    return np.where(rng.random(len(created)) < share, after, NEVER)


def record_growth(
    world: World, rng: np.random.Generator, accounts: Ints, at: Ints, *, gain: Ints, kind: int, product: int
) -> None:
    """Most expansions of managed accounts, and some of the others', were opportunities first."""
    a, c = world.accounts, world.commerce
    share = np.where(a.is_managed[accounts] | a.is_sales_led[accounts], 0.8, 0.25)
    chosen = happens(rng, share) & (gain > 0)
    accounts, at, gain = accounts[chosen], at[chosen], gain[chosen]
    created = at - (rng.gamma(2.0, 12.0, len(accounts)) * DAY).astype(np.int64) - DAY
    created = np.maximum(created, np.minimum(c.paid_since[accounts], at - 60))
    c.opportunities.append(
        account=accounts,
        kind=np.full(len(accounts), kind),
        source=pick_by_row(rng, _SOURCE_SHARES[a.is_managed[accounts].astype(int)]),
        created_at=created,
        accepted_at=_accepted(rng, created, at, 0.95),
        closed_at=at,
        outcome=np.full(len(accounts), WON),
        mrr=gain,
        product=np.full(len(accounts), product),
        campaign=world.campaign_of[accounts] if kind == CROSS_SELL else np.full(len(accounts), -1),
    )


def add_lost(world: World, month: Month) -> None:
    """Opportunities that will be lost; those that would close after the period are still open."""
    rng = world.rng("lost deals", month.index)
    a, c, model = world.accounts, world.commerce, world.config.model
    usual = np.where(a.is_managed, model.deals_lost_managed, model.deals_lost)
    rate = usual * np.exp(0.3 * world.mood.belief) * (c.phase == LIVE)
    accounts = np.flatnonzero(happens(rng, np.minimum(rate, 1)) & (c.paid_since < month.start))
    created = month.start + (rng.random(len(accounts)) * (month.end - month.start)).astype(np.int64)
    closed = created + (rng.gamma(2.0, 25.0, len(accounts)) * DAY).astype(np.int64) + DAY
    is_open = closed >= world.timeline.end
    product = (rng.random(len(accounts)) < 0.4).astype(np.int64)
    accepted = _accepted(rng, created, closed, 0.6)
    c.opportunities.append(
        account=accounts,
        kind=np.where(product == 1, CROSS_SELL, UPSELL),
        source=pick_by_row(rng, _SOURCE_SHARES[a.is_managed[accounts].astype(int)]),
        created_at=created,
        accepted_at=np.where(accepted < world.timeline.end, accepted, NEVER),
        closed_at=np.where(is_open, NEVER, closed),
        outcome=np.where(is_open, OPEN, LOST),
        mrr=(world.ledger.mrr(accounts) * rng.uniform(0.08, 0.4, len(accounts))).astype(np.int64)
        // 10_000
        * 10_000,
        product=product,
        campaign=-1,
    )


def offer_renewals(
    world: World, rng: np.random.Generator, accounts: Ints, decided_at: Ints, stays: Bools
) -> None:
    """A renewal opportunity for each managed account whose contract was decided."""
    a, c = world.accounts, world.commerce
    managed = a.is_managed[accounts]
    accounts, decided_at, stays = accounts[managed], decided_at[managed], stays[managed]
    created = np.minimum(c.renewal_at[accounts] - 90 * DAY, decided_at - DAY)
    c.opportunities.append(
        account=accounts,
        kind=np.full(len(accounts), RENEWAL),
        source=np.where(rng.random(len(accounts)) < 0.5, 0, 1),
        created_at=created,
        accepted_at=created + DAY // 2,
        closed_at=decided_at,
        outcome=np.where(stays, WON, LOST),
        mrr=world.ledger.mrr(accounts),
        product=np.zeros(len(accounts)),
        campaign=-1,
    )
