"""What customers say: surveys, reviews, requests for features and the votes on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.clock import DAY, Month
from simulator.company import catalog as cat
from simulator.company.growing_table import GrowingTable
from simulator.company.texts import COMMENTS, REQUEST_TITLES, comments
from simulator.company.users import Roster
from simulator.company.world import World
from simulator.files.columns import Column, Decimals, Ids, Texts, Times
from simulator.months.support import SupportAnswers, csat_score
from simulator.randomness import Bools, Ints, happens, repeat_by_rate


@dataclass
class VoiceState:
    """Answers by month, test accounts left out; and reviews, requests and reactions so far."""

    nps: Ints
    promoters: Ints
    detractors: Ints
    csat: Ints
    satisfied: Ints
    reviews: GrowingTable
    requests: GrowingTable
    reactions: GrowingTable
    next_response: int = 0

    @staticmethod
    def empty(months: int) -> VoiceState:
        """Before the first answer."""
        nps, promoters, detractors, csat, satisfied = np.zeros((5, months), dtype=np.int64)
        return VoiceState(
            nps,
            promoters,
            detractors,
            csat,
            satisfied,
            reviews=GrowingTable(account="i4", site="i1", rating="i1", at="i8", comment="i4"),
            requests=GrowingTable(account="i4", title="i1", created_at="i8"),
            reactions=GrowingTable(request="i4", account="i4", user="i4", kind="i1", at="i8"),
        )


@dataclass(frozen=True)
class _Answers:
    """Answers of one kind; `anonymous` ones hide account and user."""

    kind: str
    subject: str
    account: Ints
    user: Ints
    score: Ints
    at: Ints
    comment: Ints
    ticket: Ints | None = None
    anonymous: Bools | None = None


def step(world: World, month: Month, roster: Roster, tickets: SupportAnswers, state: VoiceState) -> None:
    """One month of answers, reviews and requests."""
    rng = world.rng("voice", month.index)
    _relationship_survey(world, month, rng, roster, state)
    after_tickets = _Answers(
        "csat",
        "support",
        tickets.account,
        tickets.user,
        tickets.score,
        tickets.at,
        tickets.comment,
        ticket=tickets.ticket,
    )
    _write_answers(world, month, state, after_tickets)
    _ask_onboarded(world, month, rng, roster, state)
    _ask_in_product(world, month, rng, roster, state)
    _review(world, month, rng, state)
    _request(world, month, rng, roster, state)


def _relationship_survey(
    world: World, month: Month, rng: np.random.Generator, roster: Roster, state: VoiceState
) -> None:
    """NPS: every account twice a year, up to eight of its users; satisfied users answer more often."""
    model, mood = world.config.model, world.mood
    asked = np.flatnonzero(
        (roster.count > 0)
        & ((np.arange(len(world.accounts)) + month.index) % 6 == 0)
        & (world.accounts.offered_at < month.start)
    )
    number = np.minimum(roster.count[asked], 8)
    account = np.repeat(asked, number)
    turn = np.arange(len(account)) - np.repeat(np.cumsum(number) - number, number)
    offset = (rng.random(len(asked)) * roster.count[asked]).astype(np.int64)
    place = (np.repeat(offset, number) + turn) % roster.count[account]
    user = roster.users[roster.first[account] + place]
    answers = happens(rng, np.clip(0.24 + 0.05 * mood.feeling[account], 0.08, 0.5))
    account, user = account[answers], user[answers]
    latent = (
        model.nps_base + model.nps_mood * mood.feeling[account] + rng.normal(0, model.nps_noise, len(account))
    )
    score = np.clip(np.round(latent), 0, 10).astype(np.int64)
    at = _some_time(rng, month, len(account))
    comment = comments(rng, (score - 7.5) / 2, world.accounts.is_japanese[account], 0.35)
    anonymous = rng.random(len(account)) < 0.04
    answers_given = _Answers("nps", "company", account, user, score, at, comment, anonymous=anonymous)
    _write_answers(world, month, state, answers_given)


def _some_time(rng: np.random.Generator, month: Month, count: int) -> Ints:
    return month.start + (rng.random(count) * (month.end - month.start)).astype(np.int64)


def _ask_onboarded(
    world: World, month: Month, rng: np.random.Generator, roster: Roster, state: VoiceState
) -> None:
    """CSAT about onboarding, a month after its start."""
    asked = np.flatnonzero(
        (world.accounts.offered_at + 30 * DAY >= month.start)
        & (world.accounts.offered_at + 30 * DAY < month.end)
        & (roster.count > 0)
    )
    account = asked[rng.random(len(asked)) < 0.35]
    score = csat_score(world, rng, account, np.where(world.accounts.is_managed[account], 0.25, 0.0))
    at = np.minimum(
        world.accounts.offered_at[account] + 30 * DAY + rng.integers(0, DAY, len(account)), month.end - 1
    )
    comment = comments(rng, (score - 3.6) / 1.2, world.accounts.is_japanese[account], 0.3)
    user = roster.one_of(rng, account)
    _write_answers(world, month, state, _Answers("csat", "onboarding", account, user, score, at, comment))


def _ask_in_product(
    world: World, month: Month, rng: np.random.Generator, roster: Roster, state: VoiceState
) -> None:
    """CSAT about the service, asked inside the product."""
    account = repeat_by_rate(rng, 0.03 * roster.count**0.6)
    score = csat_score(world, rng, account, 0.0)
    comment = comments(rng, (score - 3.6) / 1.2, world.accounts.is_japanese[account], 0.2)
    at = np.minimum(_some_time(rng, month, len(account)), world.commerce.access_to[account] - 1)
    at = np.maximum(at, np.maximum(month.start, world.accounts.created_at[account]))
    anonymous = rng.random(len(account)) < 0.10
    user = roster.one_of(rng, account)
    answers = _Answers("csat", "service", account, user, score, at, comment, anonymous=anonymous)
    _write_answers(world, month, state, answers)


def _write_answers(world: World, month: Month, state: VoiceState, answers: _Answers) -> None:
    """Write the answers; each counts in the month in which it was given."""
    account, score = answers.account, answers.score
    anonymous = np.zeros(len(account), dtype=bool) if answers.anonymous is None else answers.anonymous
    count = len(account)
    number = state.next_response + np.arange(count)
    columns: dict[str, Column] = {
        "response_id": Ids("R", number),
        "survey_kind": Texts(np.zeros(count, int), (answers.kind,)),
        "account_id": Ids("A", np.where(anonymous, -1, account)),
        "user_id": Ids("U", np.where(anonymous, -1, answers.user)),
        "ticket_id": Ids("T", np.full(count, -1) if answers.ticket is None else answers.ticket),
        "subject": Texts(np.zeros(count, int), (answers.subject,)),
        "score": Decimals(score, 0),
        "responded_at": Times(answers.at),
        "comment": Texts(answers.comment, COMMENTS),
    }
    world.raw.write("survey_responses", columns, month)
    state.next_response += count
    counts = anonymous | ~world.accounts.is_test[account]
    given = world.timeline.index_of(answers.at[counts])
    score = score[counts]
    if answers.kind == "nps":
        np.add.at(state.nps, given, 1)
        np.add.at(state.promoters, given, score >= 9)
        np.add.at(state.detractors, given, score <= 6)
    else:
        np.add.at(state.csat, given, 1)
        np.add.at(state.satisfied, given, score >= 4)


def _review(world: World, month: Month, rng: np.random.Generator, state: VoiceState) -> None:
    """Reviews are written by the very happy and the very unhappy."""
    feeling = world.mood.feeling
    account = repeat_by_rate(
        rng, 0.0035 * np.minimum(np.exp(0.9 * np.abs(feeling)), 8) * world.commerce.has_access
    )
    rating = np.clip(np.round(3.7 + 0.9 * feeling[account] + rng.normal(0, 0.7, len(account))), 1, 5)
    state.reviews.append(
        account=np.where(rng.random(len(account)) < 0.35, -1, account),
        site=(rng.random(len(account)) * len(cat.REVIEW_SITES)).astype(int),
        rating=rating,
        at=_some_time(rng, month, len(account)),
        comment=comments(rng, (rating - 3.5) / 1.2, world.accounts.is_japanese[account], 0.8),
    )


def _request(world: World, month: Month, rng: np.random.Generator, roster: Roster, state: VoiceState) -> None:
    """Accounts with more features request more, and older requests get votes."""
    depth = world.adopted.sum(axis=1) / 8 * world.commerce.has_access
    account = repeat_by_rate(rng, 0.012 * depth)
    state.requests.append(
        account=np.where(rng.random(len(account)) < 0.05, -1, account),
        title=(rng.random(len(account)) * len(REQUEST_TITLES)).astype(int),
        created_at=_some_time(rng, month, len(account)),
    )
    voter = repeat_by_rate(rng, 0.05 * depth)
    if not len(state.requests) or not len(voter):
        return
    # The oldest requests get most votes.
    request = (rng.random(len(voter)) ** 2.5 * len(state.requests)).astype(np.int64)
    at = np.maximum(_some_time(rng, month, len(voter)), state.requests["created_at"][request] + 60)
    inside = at < month.end
    state.reactions.append(
        request=request[inside],
        account=voter[inside],
        user=roster.one_of(rng, voter)[inside],
        kind=(rng.random(len(voter)) < 0.2)[inside],
        at=at[inside],
    )
