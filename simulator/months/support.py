"""Tickets, how they are answered, and the survey after them. Bad service lowers the feeling later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.clock import DAY, HOUR, NEVER, Month
from simulator.company import catalog as cat
from simulator.company.staff import agent_for
from simulator.company.texts import comments
from simulator.company.users import Roster
from simulator.company.world import World
from simulator.files.columns import Column, Ids, Numbers, Texts, Times
from simulator.months.adoption import onboarded
from simulator.months.bad_release import months_since_release, uses_integration
from simulator.randomness import Bools, Floats, Ints, pick, repeat_by_rate

_SLOW_HOURS = 72
_MEDIAN_REPLY_MINUTES = np.array([260.0, 150.0, 60.0, 20.0])  # by priority
_MEDIAN_HOURS = np.array([20.0, 16.0, 12.0, 7.0])  # to resolve


@dataclass
class SupportState:
    """Tickets by month, test accounts left out; open = opened - resolved so far."""

    opened: Ints
    resolved: Ints
    escalated: Ints
    replies: Ints
    next_ticket: int = 0

    @staticmethod
    def empty(months: int) -> SupportState:
        """Before the first ticket; one more entry for what is resolved after the end."""
        opened, resolved, escalated, replies = np.zeros((4, months + 1), dtype=np.int64)
        return SupportState(opened, resolved, escalated, replies)


@dataclass(frozen=True)
class SupportAnswers:
    """Answers to the survey after a ticket."""

    account: Ints
    user: Ints
    ticket: Ints
    score: Ints
    at: Ints
    comment: Ints


def step(world: World, month: Month, roster: Roster, state: SupportState) -> SupportAnswers:
    """One month of tickets. Changes the remembered service experience."""
    rng = world.rng("support", month.index)
    a, c, mood, model = world.accounts, world.commerce, world.mood, world.config.model
    begin = np.maximum(c.access_from, month.start)
    end = np.minimum(c.access_to, month.end)
    open_share = np.clip((end - begin) / (month.end - month.start), 0, 1)
    broken = uses_integration(world) & (months_since_release(world, month) == 0)
    rate = (
        model.ticket_rate
        * roster.count**0.7
        * np.exp(model.ticket_mood * mood.feeling)
        * (1.0 + 0.8 * (onboarded(world, month.end) < 0.6))
        * (1.0 + 1.5 * broken)
        * open_share
        * (a.offered_at < month.end)
        * np.where(world.causes.idle, 0.2, 1.0)
    )
    account = repeat_by_rate(rng, np.minimum(rate, 40))
    count = len(account)
    category = pick(rng, (0.36, 0.24, 0.12, 0.16, 0.12), count)
    category = np.where(
        broken[account] & (rng.random(count) < 0.6), cat.TICKET_CATEGORIES.index("integration"), category
    )
    priority = np.minimum(
        pick(rng, (0.28, 0.46, 0.20, 0.06), count) + (broken[account] & (rng.random(count) < 0.4)), 3
    )
    opened = begin[account] + (rng.random(count) * (end - begin)[account]).astype(np.int64)
    # The queue is longer after the bad release, around the year's end, and without a manager.
    load = np.exp(0.5 * (months_since_release(world, month) == 0) + 0.2 * (month.first.month in (12, 1)))
    load = load * np.where(a.is_managed[account], 0.75, 1.1)
    replied = opened + (
        _MEDIAN_REPLY_MINUTES[priority] * load * np.exp(rng.normal(0, 0.9, count)) * 60
    ).astype(np.int64)
    is_bug = category == cat.TICKET_CATEGORIES.index("bug")
    hours = _MEDIAN_HOURS[priority] * load * np.exp(rng.normal(0, 1.0, count)) * np.where(is_bug, 2.2, 1.0)
    resolved = replied + (hours * HOUR).astype(np.int64) + 300
    slow = hours > _SLOW_HOURS
    escalated = rng.random(count) < np.where(slow, 0.30, 0.03)
    complains = (slow | escalated) & (
        world.rng("complaints", month.index).random(count) < model.complaint_share
    )
    category = np.where(complains, cat.TICKET_CATEGORIES.index("complaint"), category)
    np.add.at(mood.service, account, np.where(slow | escalated, model.service_slow, model.service_fast))
    mood.service = np.clip(mood.service, -1.2, 0.4)

    replies = 1 + rng.poisson(1.2 + 0.8 * slow, count)
    limit = world.timeline.end
    replied = np.where(replied < limit, replied, NEVER)
    resolved = np.where(resolved < limit, resolved, NEVER)
    number = state.next_ticket + np.arange(count)
    user = roster.one_of(rng, account)
    columns: dict[str, Column] = {
        "ticket_id": Ids("T", number),
        "account_id": Ids("A", account),
        "user_id": Ids("U", user),
        "agent_id": Ids("M", agent_for(rng, world.staff, a.is_japanese[account]), 4),
        "channel": Texts(pick(rng, (0.45, 0.25, 0.22, 0.08), count), cat.TICKET_CHANNELS),
        "category": Texts(category, cat.TICKET_CATEGORIES),
        "priority": Texts(priority, cat.TICKET_PRIORITIES),
        "opened_at": Times(opened),
        "first_responded_at": Times(replied),
        "resolved_at": Times(resolved),
        "is_escalated": Numbers(escalated),
        "replies": Numbers(replies),
    }
    world.raw.write("support_tickets", columns, month)
    state.next_ticket += count
    _count_tickets(world, month, state, account, resolved=resolved, escalated=escalated, replies=replies)
    return _survey(world, rng, account, user, ticket=number, resolved=resolved, bad=slow | escalated)


def _count_tickets(
    world: World,
    month: Month,
    state: SupportState,
    account: Ints,
    *,
    resolved: Ints,
    escalated: Bools,
    replies: Ints,
) -> None:
    counts = ~world.accounts.is_test[account]
    state.opened[month.index] = counts.sum()
    state.escalated[month.index] = escalated[counts].sum()
    state.replies[month.index] = replies[counts].sum()
    done = counts & (resolved < NEVER)
    np.add.at(state.resolved, world.timeline.index_of(resolved[done]), 1)


def csat_score(world: World, rng: np.random.Generator, account: Ints, shift: Floats | float) -> Ints:
    """Answers from 1 to 5."""
    model = world.config.model
    latent = model.csat_base + model.csat_mood * world.mood.feeling[account] + shift
    return np.clip(np.round(latent + rng.normal(0, 0.85, len(account))), 1, 5).astype(np.int64)


def _survey(
    world: World,
    rng: np.random.Generator,
    account: Ints,
    user: Ints,
    *,
    ticket: Ints,
    resolved: Ints,
    bad: Bools,
) -> SupportAnswers:
    """A quarter of the users answer, somewhat more after bad service."""
    at = resolved + np.where(
        resolved < NEVER, (rng.exponential(0.8, len(account)) * DAY).astype(np.int64) + 60, 0
    )
    answers = (rng.random(len(account)) < np.where(bad, 0.30, 0.24)) & (at < world.timeline.end)
    account, user, ticket, at, bad = (
        account[answers],
        user[answers],
        ticket[answers],
        at[answers],
        bad[answers],
    )
    score = csat_score(world, rng, account, world.config.model.csat_slow * bad)
    comment = comments(rng, (score - 3.6) / 1.2, world.accounts.is_japanese[account], 0.3)
    return SupportAnswers(account, user, ticket, score, at, comment)
