"""Accounts: when each signs up, and the traits that stay the same for its whole life."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.clock import DAY, HOUR, NEVER, SIGNUP_SEASON, Timeline
from simulator.company import catalog as cat
from simulator.config import SimulatorConfig
from simulator.randomness import (
    Bools,
    Floats,
    Ints,
    happens,
    logistic,
    pick,
    pick_by_row,
    stream,
)


@dataclass(frozen=True)
class Accounts:
    """One entry per account, ordered by `created_at`; codes are positions in the catalog's tuples."""

    created_at: Ints
    offered_at: Ints  # start of onboarding, never after the first event
    birth_month: Ints
    country: Ints
    currency: Ints
    calendar: Ints
    first_hour: Ints
    fiscal_end: Ints  # calendar month in which its fiscal year ends
    is_japanese: Bools
    industry: Ints
    size: Ints
    channel: Ints
    is_sales_led: Bools
    has_trial: Bools
    is_managed: Bools  # has a customer success manager of its own
    fit: Floats
    need: Floats
    champion: Floats
    budget: Floats
    expressiveness: Floats  # how strongly its usage follows its satisfaction
    is_silent: Bools
    seats: Ints
    plan: Ints
    interval: Ints
    discount: Ints  # hundredths of a percent
    coupon_months: Ints  # months that the discount lasts; 0 = it stays
    has_sso: Bools
    has_insights: Bools
    step_at: Ints  # accounts x steps: when a step will be reached if there is still access
    first_integration: Ints
    merged_into: Ints  # -1 = not merged
    parent: Ints  # -1 = none
    referred_by: Ints  # -1 = nobody
    is_test: Bools

    def __len__(self) -> int:
        """How many accounts."""
        return len(self.created_at)

    @property
    def effective(self) -> Ints:
        """The account that each account counts as: the target of its merge, else itself."""
        return np.where(self.merged_into >= 0, self.merged_into, np.arange(len(self)))

    def born_by(self, month_index: int) -> int:
        """How many accounts exist at the end of a month; they are the first ones."""
        return int(np.searchsorted(self.birth_month, month_index, side="right"))


def draw_accounts(config: SimulatorConfig, timeline: Timeline) -> Accounts:
    """All accounts that sign up over the period."""
    rng = stream(config.seed, "accounts")
    count, model = config.accounts, config.model
    birth_month, created_at = _births(config, timeline, rng)

    country = pick(rng, [c.share for c in cat.COUNTRIES], count)
    currency, calendar, first_hour, is_japanese = (
        np.array(values)[country]
        for values in zip(
            *((c.currency, c.calendar, c.first_hour, c.is_japanese) for c in cat.COUNTRIES), strict=True
        )
    )
    industry = pick(rng, cat.INDUSTRY_SHARES, count)
    size = pick(rng, cat.SIZE_SHARES, count)
    channel = pick(rng, [c.share for c in cat.CHANNELS], count)
    is_sales_led = happens(rng, np.array([0.15, 0.50, 0.90])[size])
    has_trial = ~is_sales_led | happens(rng, np.full(count, 0.30))
    is_managed = happens(rng, np.array([0.08, 0.75, 1.0])[size])

    fit = rng.normal(size=count) * 0.95 + np.array([c.fit for c in cat.CHANNELS])[channel]
    need = rng.normal(size=count) + np.array(cat.INDUSTRY_NEED)[industry]
    champion = rng.normal(size=count)
    budget = rng.normal(size=count) + np.array([-0.15, 0.1, 0.3])[size]
    is_silent = happens(rng, np.full(count, model.silent_share))
    expressiveness = np.where(is_silent, rng.uniform(0.0, 0.2, count), rng.uniform(0.8, 1.3, count))

    seats = np.exp(rng.normal(np.log([4, 14, 48]), [0.6, 0.5, 0.5], (count, 3)))[np.arange(count), size]
    seats = np.clip(np.round(seats), 1, 400).astype(np.int64)
    plan_shares = np.array([[0.55, 0.35, 0.09, 0.01], [0.12, 0.45, 0.35, 0.08], [0.0, 0.12, 0.43, 0.45]])
    intervals = np.array([model.intervals_smb, model.intervals_mid_market, model.intervals_enterprise])
    interval = pick_by_row(rng, intervals[size])
    coupon = (size == cat.SMB) & (interval == 0) & happens(rng, np.full(count, 0.2))
    negotiated = is_sales_led & happens(rng, np.full(count, 0.45))
    discount = np.where(coupon, 2_500, np.where(negotiated, 500 * rng.integers(1, 5, count), 0))

    offered_at = created_at + np.where(is_sales_led, rng.uniform(0.5, 8, count) * DAY, 0).astype(np.int64)
    merged_into, parent, referred_by, is_test = _relations(
        rng, created_at, offered_at, currency=currency, size=size, channel=channel
    )
    _add_holdings(config, parent, size, is_test, merged_into)
    return Accounts(
        created_at=created_at,
        offered_at=offered_at,
        birth_month=birth_month,
        country=country,
        currency=currency,
        calendar=calendar,
        first_hour=first_hour,
        fiscal_end=_fiscal_ends(config, is_japanese),
        is_japanese=is_japanese,
        industry=industry,
        size=size,
        channel=channel,
        is_sales_led=is_sales_led,
        has_trial=has_trial,
        is_managed=is_managed & ~is_test,
        fit=fit,
        need=need,
        champion=champion,
        budget=budget,
        expressiveness=expressiveness,
        is_silent=is_silent,
        seats=seats,
        plan=pick_by_row(rng, plan_shares[size]),
        interval=interval,
        discount=discount,
        coupon_months=np.where(coupon, rng.integers(2, 5, count), 0),
        has_sso=happens(rng, np.array([0.02, 0.15, 0.45])[size]),
        has_insights=happens(rng, np.array([0.02, 0.06, 0.12])[size]),
        step_at=_onboarding_steps(
            rng, offered_at, fit=fit, need=need, champion=champion, is_managed=is_managed
        ),
        first_integration=rng.integers(cat.INTEGRATION_FEATURES.start, cat.INTEGRATION_FEATURES.stop, count),
        merged_into=merged_into,
        parent=parent,
        referred_by=referred_by,
        is_test=is_test,
    )


def _fiscal_ends(config: SimulatorConfig, is_japanese: Bools) -> Ints:
    """Mostly March in Japan and December elsewhere, June or September for the others."""
    rng = stream(config.seed, "fiscal years")
    usual = np.where(is_japanese, 3, 12)
    other = np.where(rng.random(len(usual)) < 0.5, 6, 9)
    return np.where(rng.random(len(usual)) < 0.75, usual, other)


def _add_holdings(
    config: SimulatorConfig, parent: Ints, size: Ints, is_test: Bools, merged_into: Ints
) -> None:
    """Some parents get a parent themselves, in place: an older enterprise that has none."""
    rng = stream(config.seed, "holdings")
    tops = np.unique(parent[parent >= 0])
    chosen = tops[happens(rng, np.full(len(tops), config.model.holding_share))]
    of_size = np.flatnonzero((size == cat.ENTERPRISE) & (parent < 0) & ~is_test & (merged_into < 0))
    older = np.searchsorted(of_size, chosen)
    holding = of_size[(rng.random(len(chosen)) * older).astype(np.int64)] if len(of_size) else chosen
    free = (older > 0) & ~np.isin(holding, chosen)
    parent[chosen[free]] = holding[free]


def _births(config: SimulatorConfig, timeline: Timeline, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Month and time of each sign-up: growing over the period, by season, mostly around noon."""
    months = np.arange(config.months)
    season = SIGNUP_SEASON[[month.first.month - 1 for month in timeline.months]]
    weight = (
        (1 + config.model.signup_growth * months / config.months)
        * season
        * rng.uniform(0.85, 1.15, config.months)
    )
    weight[0] *= 2.5  # the customers that the company starts with
    birth_month = np.sort(pick(rng, weight, config.accounts))
    length = np.diff(timeline.starts)[birth_month]
    # Never on a month's last day, so that what follows a sign-up within a day lies in the same month.
    day = (rng.random(config.accounts) * (length // DAY - 1)).astype(np.int64)
    time = (
        timeline.starts[birth_month]
        + day * DAY
        + (rng.triangular(0, 12, 24, config.accounts) * HOUR).astype(np.int64)
    )
    order = np.lexsort((time, birth_month))
    return birth_month[order], time[order]


def _onboarding_steps(
    rng: np.random.Generator,
    offered_at: Ints,
    *,
    fit: Floats,
    need: Floats,
    champion: Floats,
    is_managed: Bools,
) -> Ints:
    """When each step would be reached: sooner and more likely with champion, fit, need and a manager."""
    count = len(fit)
    speed = np.exp(
        0.30 * champion + 0.20 * fit + 0.15 * need + 0.25 * is_managed + 0.35 * rng.normal(size=count)
    )
    push = 0.5 * champion + 0.4 * fit + 0.3 * need + 0.4 * is_managed
    login = rng.exponential(1.0, count)
    imported = login + rng.gamma(2.0, 2.5, count)
    delays = np.stack(
        [
            login,
            login + rng.gamma(1.5, 2.0, count),
            imported,
            imported + rng.gamma(2.0, 5.0, count),
            imported + rng.gamma(1.5, 4.0, count),
        ],
        axis=1,
    )
    keeps = rng.random((count, 5)) < logistic(np.array([3.6, 1.8, 1.9, 0.3, 1.7]) + push[:, None])
    keeps[:, 1:] &= keeps[:, [cat.S_LOGIN]]
    keeps[:, [cat.S_INTEGRATION, cat.S_REPORT]] &= keeps[:, [cat.S_IMPORTED]]
    at = offered_at[:, None] + 600 + (delays / speed[:, None] * DAY).astype(np.int64)
    return np.where(keeps, at, NEVER)


def _relations(
    rng: np.random.Generator, created_at: Ints, offered_at: Ints, *, currency: Ints, size: Ints, channel: Ints
) -> tuple[Ints, Ints, Ints, Bools]:
    """Merges (into an older account of the same currency), parents, referrers, test accounts."""
    count = len(created_at)
    number = np.arange(count)
    is_test = happens(rng, np.full(count, 0.004))
    is_test[min(1, count - 1)] = True

    def earlier(of: Ints) -> Ints:
        return (rng.random(len(of)) * of).astype(np.int64)

    merged_into = np.full(count, -1)
    source = number[1:][happens(rng, np.full(count - 1, 0.006))]
    target = earlier(source)
    is_source = np.zeros(count, dtype=bool)
    is_source[source] = True
    possible = (
        ~is_source[target] & ~is_test[source] & ~is_test[target] & (currency[source] == currency[target])
    )
    possible &= created_at[source] > offered_at[target]
    merged_into[source[possible]] = target[possible]

    parent = np.full(count, -1)
    child = number[1:][happens(rng, np.array([0.01, 0.06, 0.10])[size[1:]])]
    top = earlier(child)
    is_child = np.zeros(count, dtype=bool)
    is_child[child] = True
    possible = ~is_child[top] & (size[top] == cat.ENTERPRISE) & ~is_test[child] & ~is_test[top]
    possible &= (merged_into[child] < 0) & (merged_into[top] < 0)
    parent[child[possible]] = top[possible]

    referred_by = np.full(count, -1)
    referred = number[1:][(channel[1:] == cat.REFERRAL) & happens(rng, np.full(count - 1, 0.7))]
    referred_by[referred] = earlier(referred)
    return merged_into, parent, referred_by, is_test
