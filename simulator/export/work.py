"""What the team notes of renewals: stage, notice, and what became of the work."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER
from simulator.company.commerce import CHURNED, OPEN, RENEWED
from simulator.company.world import World
from simulator.files.columns import Column, Dates, Ids, Numbers, Texts, Times
from simulator.randomness import Ints

_STAGES = ("not_started", "proposed", "verbal", "in_approval", "ordered", "declined")
_PROPOSED, _ORDERED, _DECLINED = 1, 4, 5
_VERDICTS = ("done", "snoozed", "false_alarm", "saved", "lost")
_SNOOZED, _FALSE_ALARM, _SAVED, _LOST = range(1, 5)
_NOTICE_DAYS = np.array([30, 60, 90])
_TALKS_BEGIN_DAYS = 150  # before the end of the term
_NOTED = 0.5  # share of decided terms on which a verdict is given


def renewal_columns(world: World, outcome: Ints, decided_at: Ints) -> dict[str, Column]:
    """The columns of `contracts` about its renewal; `outcome` and `decided_at` as they are known now."""
    rng = world.rng("renewal notes")
    ends_at = world.commerce.contracts["ends_at"]
    count = len(ends_at)
    is_open = outcome == OPEN
    ahead = (ends_at - world.timeline.end) / (_TALKS_BEGIN_DAYS * DAY)
    progress = np.clip((1 - ahead) * 4 + rng.normal(0, 0.8, count) - 0.5, 0, 3).astype(np.int64)
    stage = np.where(is_open, progress, np.where(outcome == RENEWED, _ORDERED, _DECLINED))
    expected = ends_at - (rng.uniform(5, 40, count) * DAY).astype(np.int64)
    notice = _NOTICE_DAYS[rng.choice(3, count, p=(0.6, 0.3, 0.1))]
    has_left = (outcome == CHURNED) & (decided_at < ends_at)
    return {
        "notice_period_days": Numbers(notice, rng.random(count) < 0.9),
        "notice_given_at": Times(np.where(has_left, decided_at, NEVER)),
        "renewal_stage": Texts(stage, _STAGES),
        "decision_expected_on": Dates(np.where(is_open & (stage >= _PROPOSED), expected, NEVER)),
    }


def write_work_item_feedback(world: World) -> None:
    """Verdicts on work about renewals: of half the decided terms, and snoozes of terms that end soon."""
    rng = world.rng("work item feedback")
    rows = world.commerce.contracts
    end = world.timeline.end
    is_decided = (rows["outcome"] != OPEN) & (rows["decided_at"] < end)
    ends_soon = ~is_decided & (rows["ends_at"] < end + 90 * DAY) & (rows["ends_at"] >= end)
    noted = np.flatnonzero((is_decided | ends_soon) & (rng.random(len(rows)) < _NOTED))
    decided = is_decided[noted]
    is_false = rng.random(len(noted)) < 0.25
    renewed = np.where(is_false, _FALSE_ALARM, _SAVED)
    known = np.where(rows["outcome"][noted] == RENEWED, renewed, _LOST)
    snoozed_at = end - (rng.uniform(1, 14, len(noted)) * DAY).astype(np.int64)
    given_at = np.where(decided, rows["decided_at"][noted], snoozed_at)
    columns: dict[str, Column] = {
        "account_id": Ids("A", rows["account"][noted]),
        "reason": Texts(np.zeros(len(noted), int), ("notice_deadline",)),
        "verdict": Texts(np.where(decided, known, _SNOOZED), _VERDICTS),
        "given_at": Times(given_at),
        "until": Dates(np.where(decided, NEVER, given_at + 21 * DAY)),
        "member_id": Ids("M", world.staff.csm_of[rows["account"][noted]], 4),
    }
    world.raw.write("work_item_feedback", columns)
