"""Touch points: calls, trainings, newsletters, help, the community. Managers call unhappy accounts more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from simulator.clock import DAY, HOUR, NEVER, Month
from simulator.company.users import Roster
from simulator.company.world import World
from simulator.files.columns import Column, Decimals, Ids, Texts, Times
from simulator.months.campaigns import CAMPAIGNS, CampaignState, start_month
from simulator.randomness import Floats, Ints, happens, pick, repeat_by_rate

_RESPONSES = ("sent", "opened", "clicked", "registered", "attended", "completed")
_MAIL = (0.45, 0.38, 0.17, 0.0, 0.0, 0.0)
_SEAT = (0.0, 0.0, 0.0, 0.30, 0.70, 0.0)
_VIEW = (0.0, 0.0, 0.0, 0.0, 0.0, 1.0)


class Touch(NamedTuple):
    """A kind of touch point; `rate` is per account and month, or per user to the power 0.6; 0 = own rules."""

    activity: str
    rate: float
    managed: float = 1.0  # factor for accounts with a manager
    mood: float = 0.0  # log factor per unit of satisfaction; negative = more with unhappy accounts
    responses: tuple[float, ...] | None = None
    minutes: float = 0.0  # 0 = no duration
    contents: tuple[str, ...] = ()
    per_user: bool = False
    by_customer: bool = False
    is_human: bool = True  # a manager takes part


def _self_service(
    activity: str, rate: float, mood: float, minutes: float, contents: tuple[str, ...]
) -> Touch:
    return Touch(
        activity, rate, 1.0, mood, _VIEW, minutes, contents, per_user=True, by_customer=True, is_human=False
    )


_ONBOARDING_CALL = Touch("onboarding_call", 0.0, minutes=45)
_BUSINESS_REVIEW = Touch("qbr", 0.0, minutes=60)
_QUESTION = Touch("community_question", 0.0, by_customer=True, is_human=False)
_ANSWER = Touch("community_answer", 0.0, by_customer=True, is_human=False)
TOUCHES = (
    Touch(
        "email",
        0.9,
        1.1,
        responses=_MAIL,
        contents=("Monthly news", "Tips for teams", "What is new"),
        is_human=False,
    ),
    Touch("call", 0.08, 6.0, -0.35, minutes=25),
    Touch("chat", 0.12, 1.2, -0.10, by_customer=True, minutes=9),
    Touch(
        "training",
        0.03,
        3.0,
        0.10,
        responses=_SEAT,
        minutes=60,
        contents=("Reports", "Automation", "For admins"),
    ),
    Touch(
        "webinar",
        0.07,
        1.3,
        0.25,
        responses=_SEAT,
        minutes=45,
        contents=("Stories", "Outlook"),
        is_human=False,
    ),
    Touch("workshop", 0.004, 6.0, 0.1, responses=_SEAT, minutes=120, contents=("Process workshop",)),
    Touch(
        "event", 0.006, 3.0, 0.3, responses=_SEAT, minutes=240, contents=("Annual meeting",), is_human=False
    ),
    Touch(
        "user_group", 0.006, 2.5, 0.4, responses=_SEAT, minutes=90, contents=("User group",), is_human=False
    ),
    Touch("interview", 0.003, 3.0, 0.3, minutes=40),
    Touch("award", 0.0008, 3.0, 0.8),
    _self_service(
        "video_view", 0.10, 0.15, 5, ("First steps", "Dashboards", "Import", "Automation in short")
    ),
    _self_service("help_view", 0.45, -0.15, 3, ("Sign-in", "Import errors", "Roles", "Export", "Sync")),
    _self_service("download", 0.04, 0.15, 0, ("Template pack", "Security paper")),
    Touch("community_post", 0.010, 1.0, 0.5, per_user=True, by_customer=True, is_human=False),
    Touch("referral", 0.004, 1.2, 0.9, by_customer=True, is_human=False),
    _ONBOARDING_CALL,
    _BUSINESS_REVIEW,
    _QUESTION,
    _ANSWER,
)
_KINDS = tuple(touch.activity for touch in TOUCHES)
_CONTENTS = tuple(sorted({content for touch in TOUCHES for content in touch.contents}))
_ATTENDED, _REGISTERED = _RESPONSES.index("attended"), _RESPONSES.index("registered")


class EngagementState:
    """Carried from month to month: next numbers of activities and threads, and first onboarding calls."""

    def __init__(self, accounts: int) -> None:
        """Before the first touch."""
        self.next_activity = 0
        self.next_thread = 0
        self.kickoff_at: Ints = np.full(accounts, NEVER)


@dataclass(frozen=True)
class _Batch:
    """Touches of one kind."""

    touch: Touch
    account: Ints
    at: Ints
    response: Ints
    content: Ints
    campaign: int = -1
    thread: Ints | None = None  # of the community, in place of a content


@dataclass(frozen=True)
class _Desk:
    """What the touch points of one month need."""

    world: World
    month: Month
    roster: Roster
    state: EngagementState
    rng: np.random.Generator

    def write(self, batch: _Batch) -> None:
        """Write the touches; each with a random user of its account."""
        count = len(batch.account)
        number = self.state.next_activity + np.arange(count)
        self.state.next_activity += count
        touch = batch.touch
        minutes = np.round(touch.minutes * np.exp(self.rng.normal(0, 0.35, count))).astype(np.int64)
        csm = self.world.staff.csm_of[batch.account] if touch.is_human else np.full(count, -1)
        columns: dict[str, Column] = {
            "activity_id": Ids("AC", number, 8),
            "account_id": Ids("A", batch.account),
            "user_id": Ids("U", self.roster.one_of(self.rng, batch.account)),
            "csm_id": Ids("M", csm, 4),
            "activity_type": Texts(np.full(count, _KINDS.index(touch.activity)), _KINDS),
            "content_id": Ids("CT", batch.content, 3) if batch.thread is None else Ids("TH", batch.thread),
            "content_name": Texts(batch.content, _CONTENTS),
            "initiated_by": Texts(np.full(count, int(touch.by_customer)), ("company", "customer")),
            "response": Texts(batch.response, _RESPONSES),
            "occurred_at": Times(batch.at),
            "duration_minutes": Decimals(np.maximum(minutes, 1), 0, np.full(count, touch.minutes > 0)),
            "campaign_id": Ids("CP", np.full(count, batch.campaign), 3),
        }
        self.world.raw.write("cs_activities", columns, self.month)

    def answers(self, touch: Touch, count: int) -> Ints:
        """Responses; -1 = none is recorded for this kind."""
        return pick(self.rng, touch.responses, count) if touch.responses else np.full(count, -1)

    def contents(self, touch: Touch, count: int) -> Ints:
        """Contents; -1 = none."""
        codes = np.array([_CONTENTS.index(content) for content in touch.contents], dtype=np.int64)
        return codes[self.rng.integers(0, len(codes), count)] if len(codes) else np.full(count, -1)

    def work_time(self, account: Ints) -> Ints:
        """A time in office hours of the month, within each account's access."""
        c = self.world.commerce
        begin = np.maximum(c.access_from[account], self.month.start)
        end = np.minimum(c.access_to[account], self.month.end)
        at = begin + (self.rng.random(len(account)) * (end - begin)).astype(np.int64)
        in_office = at // DAY * DAY + self.world.accounts.first_hour[account] * HOUR + at % (8 * HOUR)
        return np.clip(in_office, begin, end - 1)


def step(
    world: World, month: Month, roster: Roster, campaigns: CampaignState, state: EngagementState
) -> None:
    """One month of touch points. Attended trainings raise the remembered training."""
    desk = _Desk(world, month, roster, state, world.rng("engagement", month.index))
    for touch in (touch for touch in TOUCHES if touch.rate):
        account = repeat_by_rate(desk.rng, _rate(desk, touch))
        response = desk.answers(touch, len(account))
        if touch.activity == "training":
            _train(world, account[response == _ATTENDED])
        content = desk.contents(touch, len(account))
        desk.write(_Batch(touch, account, desk.work_time(account), response, content))
    _onboarding_calls(desk)
    _business_reviews(desk)
    _community(desk)
    _campaign_touches(desk, campaigns)


def _train(world: World, accounts: Ints) -> None:
    np.add.at(world.mood.training, accounts, world.config.model.training_gain)
    np.minimum(world.mood.training, 0.5, out=world.mood.training)


def _rate(desk: _Desk, touch: Touch) -> Floats:
    a, feeling = desk.world.accounts, desk.world.mood.feeling
    known = desk.world.commerce.has_access & (a.offered_at < desk.month.end)
    rate = touch.rate * np.where(a.is_managed, touch.managed, 1.0) * np.exp(touch.mood * feeling)
    return np.minimum(rate * (desk.roster.count**0.6 if touch.per_user else 1.0) * known, 30)


def _meet(desk: _Desk, touch: Touch, account: Ints, at: Ints, shows_up: float) -> None:
    response = np.where(desk.rng.random(len(account)) < shows_up, _ATTENDED, _REGISTERED)
    desk.write(_Batch(touch, account, at, response, np.full(len(account), -1)))


def _onboarding_calls(desk: _Desk) -> None:
    """Managers call in the first week, and mostly once more two weeks later."""
    a, c = desk.world.accounts, desk.world.commerce
    for days, share in ((3, 0.92), (17, 0.65)):
        at = a.offered_at + days * DAY + (np.arange(len(a)) % 5) * DAY // 2
        due = a.is_managed & (at >= desk.month.start) & (at < np.minimum(c.access_to, desk.month.end))
        account = np.flatnonzero(due & happens(desk.rng, np.full(len(a), share)))
        np.minimum.at(desk.state.kickoff_at, a.effective[account], at[account])
        _meet(desk, _ONBOARDING_CALL, account, at[account], 0.95)


def _business_reviews(desk: _Desk) -> None:
    """Quarterly for enterprises, twice a year for the mid market."""
    a, c = desk.world.accounts, desk.world.commerce
    every = np.array([12, 6, 3])[a.size]
    is_turn = (desk.month.index - a.birth_month) % every == every - 1
    due = a.is_managed & c.has_access & (c.paid_since < desk.month.start) & is_turn
    account = np.flatnonzero(due & happens(desk.rng, np.full(len(a), 0.85)))
    _meet(desk, _BUSINESS_REVIEW, account, desk.work_time(account), 0.88)


def _community(desk: _Desk) -> None:
    """Questions, most of which a peer answers within days; the thread is the `content_id` of both."""
    mood, has_access = desk.world.mood, desk.world.commerce.has_access
    asker = repeat_by_rate(
        desk.rng, 0.010 * np.exp(0.2 * mood.champion) * desk.roster.count**0.6 * has_access
    )
    thread = desk.state.next_thread + np.arange(len(asker))
    desk.state.next_thread += len(asker)
    asked_at = desk.work_time(asker)
    nothing = np.full(len(asker), -1)
    desk.write(_Batch(_QUESTION, asker, asked_at, nothing, nothing, thread=thread))
    helpers = np.flatnonzero(has_access & mood.has_champion & (desk.roster.count > 0))
    if not len(helpers):
        return
    helper = helpers[desk.rng.integers(0, len(helpers), len(asker))]
    at = asked_at + (desk.rng.exponential(1.2, len(asker)) * DAY).astype(np.int64) + 300
    answered = (desk.rng.random(len(asker)) < 0.7) & (at < desk.month.end) & (helper != asker)
    nothing = nothing[answered]
    desk.write(_Batch(_ANSWER, helper[answered], at[answered], nothing, nothing, thread=thread[answered]))


def _campaign_touches(desk: _Desk, campaigns: CampaignState) -> None:
    """One touch for each treated account, in the month in which the campaign starts."""
    for number, campaign in enumerate(CAMPAIGNS):
        if start_month(desk.world, campaign) != desk.month.index:
            continue
        touch = TOUCHES[_KINDS.index(campaign.touch)]
        account = campaigns.treated[number]
        day = desk.rng.integers(1, 12, len(account))
        at = desk.month.start + day * DAY + desk.rng.integers(8 * HOUR, 17 * HOUR, len(account))
        content = np.full(len(account), _CONTENTS.index(touch.contents[0]) if touch.contents else -1)
        desk.write(_Batch(touch, account, at, desk.answers(touch, len(account)), content, number))
