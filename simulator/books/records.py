"""The rest of the truth: hidden states, onboarding, tickets, answers, use, and what became of the rows."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER, Month
from simulator.company import catalog as cat
from simulator.company.hazard import loss_probabilities
from simulator.company.world import LATE, LIVE, World
from simulator.files.columns import Column, Dates, Ids, Numbers, Times, Words
from simulator.months.campaigns import standing
from simulator.months.commerce import leave_rate
from simulator.months.engagement import EngagementBook
from simulator.months.support import SupportBook
from simulator.months.usage import UsageBook
from simulator.months.voice import VoiceBook
from simulator.randomness import Ints

_STEPS = (*cat.STEP_KEYS, "kickoff_call", "habit_formed")


def write_hazards(world: World, month: Month) -> None:
    """The hidden state at the month's close of every account that pays and counts."""
    a, c, mood = world.accounts, world.commerce, world.mood
    rows = np.flatnonzero(np.isin(c.phase, (LIVE, LATE)) & ~a.is_test & (a.merged_into < 0))
    chances = loss_probabilities(world.config.model, standing(world, rows), month.end)
    external = np.array(world.config.model.leave_external)[a.size[rows]]
    columns: dict[str, Column] = {
        "account_id": Ids("A", rows),
        "as_of_date": Dates(np.full(len(rows), month.end - DAY)),
        "satisfaction": Numbers(mood.feeling[rows]),
        "belief": Numbers(mood.belief[rows]),
        "budget": Numbers(mood.budget[rows]),
        "leave_pressure": Numbers(leave_rate(world)[rows] + external),
        "has_decided_to_leave": Numbers(c.leaving[rows]),
        "churn_probability_30d": Numbers(chances[:, 0]),
        "churn_probability_90d": Numbers(chances[:, 1]),
        "churn_probability_180d": Numbers(chances[:, 2]),
    }
    world.truth.write("account_hazards", columns)


def write_traits(world: World) -> None:
    """What each account is like inside, for its whole life."""
    a = world.accounts
    columns: dict[str, Column] = {
        "account_id": Ids("A", np.arange(len(a))),
        "fit": Numbers(a.fit),
        "need": Numbers(a.need),
        "champion": Numbers(a.champion),
        "budget": Numbers(a.budget),
        "expressiveness": Numbers(a.expressiveness),
        "is_silent": Numbers(a.is_silent),
        "is_managed": Numbers(a.is_managed),
        "is_test": Numbers(a.is_test),
        "counts_for_account_id": Ids("A", a.effective),
        "had_trial": Numbers(a.has_trial),
        "created_at": Times(a.created_at),
        "first_paid_at": Times(world.commerce.first_paid_at),
    }
    world.truth.write("account_traits", columns)


def write_onboarding(world: World, usage: UsageBook, engagement: EngagementBook) -> None:
    """When each account, with what was merged into it, reached each step; completions by month of offer."""
    a = world.accounts
    own = np.where(a.step_at < world.timeline.end, a.step_at, NEVER)
    reached = np.full((len(a), len(_STEPS)), NEVER)
    np.minimum.at(reached, a.effective, np.column_stack([own, np.full((len(a), 2), NEVER)]))
    reached[:, -2], reached[:, -1] = engagement.kickoff_at, usage.habit_at
    counts = ~a.is_test & (a.merged_into < 0)
    row, step = np.nonzero((reached < NEVER) & counts[:, None])
    world.truth.write(
        "onboarding_steps",
        {
            "account_id": Ids("A", row),
            "step_key": Words(step, _STEPS),
            "reached_at": Times(reached[row, step]),
        },
    )
    goals = reached[:, [*cat.GOAL_STEPS, _STEPS.index("habit_formed")]]
    completed = goals.max(axis=1)
    in_time = completed < a.offered_at + cat.ONBOARDING_DAYS * DAY
    chosen = np.flatnonzero(counts)
    world.truth.write(
        "onboarding_accounts",
        {
            "account_id": Ids("A", chosen),
            "offered_at": Times(a.offered_at[chosen]),
            "completed_at": Times(completed[chosen]),
            "is_completed_in_time": Numbers(in_time[chosen]),
        },
    )
    offered = world.timeline.index_of(a.offered_at)
    months = len(world.timeline.months)

    def by_month(which: np.ndarray) -> Ints:
        inside = counts & which & (offered < months)
        return np.bincount(offered[inside], minlength=months)

    everyone = np.ones(len(a), dtype=bool)
    starts = world.timeline.starts[: months + 1]
    world.truth.write(
        "onboarding_months",
        {
            "month_start": Dates(starts[:-1]),
            "accounts_offered": Numbers(by_month(everyone)),
            "accounts_completed": Numbers(by_month(in_time)),
            "accounts_completed_to_date": Numbers(by_month(completed < NEVER)),
            "is_mature": Numbers(starts[1:] + cat.ONBOARDING_DAYS * DAY <= world.timeline.end),
        },
    )


def write_months(world: World, support: SupportBook, voice: VoiceBook, usage: list[dict[str, int]]) -> None:
    """Tickets, answers and use by month."""
    months = len(world.timeline.months)
    starts = Dates(world.timeline.starts[:months])
    opened, resolved = support.opened[:months], support.resolved[:months]
    world.truth.write(
        "ticket_months",
        {
            "month_start": starts,
            "opened": Numbers(opened),
            "resolved": Numbers(resolved),
            "open_at_close": Numbers(np.cumsum(opened) - np.cumsum(resolved)),
            "escalated": Numbers(support.escalated[:months]),
            "replies": Numbers(support.replies[:months]),
        },
    )
    world.truth.write(
        "voice_months",
        {
            "month_start": starts,
            "nps_responses": Numbers(voice.nps),
            "promoters": Numbers(voice.promoters),
            "detractors": Numbers(voice.detractors),
            "csat_responses": Numbers(voice.csat),
            "satisfied": Numbers(voice.satisfied),
        },
    )
    world.truth.write(
        "usage_months",
        {
            "month_start": starts,
            **{name: Numbers(np.array([month[name] for month in usage])) for name in usage[0]},
        },
    )


def write_rows(world: World) -> None:
    """Per table, what a reader of the raw folder finds; and every row that must be quarantined."""
    book = world.raw.book
    tables = world.raw.tables
    quarantined = [sum(1 for row in book.bad if row[0] == name) for name in tables]
    unknown = [book.unknown_references[name] for name in tables]
    read, repeated, superseded = (
        np.array([counter[name] for name in tables])
        for counter in (book.read, book.repeated, book.superseded)
    )
    order = np.arange(len(tables))
    world.truth.write(
        "table_rows",
        {
            "table_name": Words(order, tables),
            "rows_read": Numbers(read),
            "rows_accepted": Numbers(read - repeated - superseded - np.array(quarantined)),
            "rows_repeated": Numbers(repeated),
            "rows_superseded": Numbers(superseded),
            "rows_quarantined": Numbers(np.array(quarantined)),
            "unknown_references": Numbers(np.array(unknown)),
        },
    )
    order = np.arange(len(book.bad))
    columns: dict[str, Column] = {
        name: Words(order, [str(row[place]) for row in book.bad])
        for place, name in enumerate(("table_name", "row_key", "reason", "file_name"))
    }
    columns["row_number"] = Numbers(np.array([row[4] for row in book.bad], dtype=np.int64))
    world.truth.write("spoiled_rows", columns)
