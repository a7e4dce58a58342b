"""Product events: which users work on which day, with which features. Usage follows the hidden feeling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from simulator.clock import DAY, HOUR, NEVER, Month, activity_by_day
from simulator.company import catalog as cat
from simulator.company.users import Roster
from simulator.company.world import World
from simulator.files.columns import Column, Decimals, Ids, Numbers, Texts, Times
from simulator.months.adoption import onboarded
from simulator.months.bad_release import months_since_release, uses_integration
from simulator.randomness import Bools, Floats, Ints

# Rows per account and month of the period at the natural volume; measured at 36 months.
_NATURAL_ROWS = 57.0
_TYPICAL_DAYS = 8  # days a month on which a user works, for the size of chunks
_FEWEST_ROWS = 1.2  # per user and day; below that, users work on fewer days instead

_NAMES = sorted({*cat.STEP_EVENTS, *(name for pair in cat.FEATURE_EVENTS for name in pair)})
_LOGIN = _NAMES.index("login")
_EVENT_OF = np.array([[_NAMES.index(name) for name in pair] for pair in cat.FEATURE_EVENTS])
_STEP_EVENT = np.array([_NAMES.index(name) for name in cat.STEP_EVENTS])
_STEP_FEATURE = np.array([-1 if name is None else cat.FEATURES.index(name) for name in cat.STEP_FEATURES])
# Integrations whose feed is silent for some days: one after this share of the period, one at its end.
_SILENT_FEEDS = (cat.FEATURES.index("integration_sheets"), cat.FEATURES.index("integration_chat"))
_FEED_GAP_AT = 0.7
# The onboarding step after which a feature's second event name is used.
_UNLOCKED_BY = np.array(
    [cat.S_REPORT if pair[1] == "create_report" else cat.S_IMPORTED for pair in cat.FEATURE_EVENTS]
)


@dataclass
class UsageState:
    """Carried from month to month: days with a login by account, next numbers of events and sessions."""

    login_days: Ints
    habit_at: Ints  # when the account had logins on HABIT_DAYS days
    next_event: int = 0
    next_session: int = 0

    @staticmethod
    def empty(accounts: int) -> UsageState:
        """Before the first event."""
        return UsageState(np.zeros(accounts, dtype=np.int64), np.full(accounts, NEVER))


@dataclass(frozen=True)
class _Volume:
    """How the requested number of events is reached: rows per user and day, and a factor on the days."""

    rows: float
    days: float


def _volume(world: World) -> _Volume:
    config = world.config
    scale = config.events / (config.accounts * config.months * _NATURAL_ROWS)
    rows = max(config.model.rows_per_user_day * scale, _FEWEST_ROWS)
    # The factor lowers users who work nearly every day more than the rest, hence the exponent.
    return _Volume(rows, min(config.model.rows_per_user_day * scale / rows, 1.0) ** 1.25)


@dataclass
class _Chunk:
    """Product events, unsorted; positions of accounts, users, names and features."""

    account: Ints
    user: Ints
    name: Ints
    feature: Ints
    session: Ints
    at: Ints
    count: Ints
    duration: Ints


def step(world: World, month: Month, roster: Roster, state: UsageState) -> dict[str, int]:
    """Write the month's events chunk by chunk. Returns its totals, test accounts left out."""
    rng = world.rng("usage", month.index)
    effective = world.accounts.effective
    rows = events = 0
    active_users = np.zeros(len(world.users.rows), dtype=bool)
    active_accounts = np.zeros(len(world.accounts), dtype=bool)
    logins: list[tuple[Ints, Ints]] = []
    for chunk in _chunks(world, month, roster, rng, state):
        _write(world, month, chunk, state)
        logins.append(_login_days(chunk, effective, state))
        counted = ~world.accounts.is_test[chunk.account]
        rows += int(counted.sum())
        events += int(chunk.count[counted].sum())
        active_users[chunk.user[counted & (chunk.user >= 0)]] = True
        active_accounts[effective[chunk.account[counted]]] = True
    _count_habits(logins, state)
    return {
        "event_rows": rows,
        "event_count": events,
        "active_users": int(active_users.sum()),
        "active_accounts": int(active_accounts.sum()),
    }


def _chunks(
    world: World, month: Month, roster: Roster, rng: np.random.Generator, state: UsageState
) -> Iterator[_Chunk]:
    """First the month's probes and onboarding steps, then ordinary work, a group of accounts at a time."""
    yield _probes(world, month)
    yield _milestones(world, month, roster, rng)
    volume = _volume(world)
    c = world.commerce
    limit = np.minimum(c.access_to, month.end)
    works = (world.accounts.step_at[:, cat.S_LOGIN] < limit) & (c.access_from < limit) & (limit > month.start)
    accounts = np.flatnonzero(works & (roster.count > 0))
    expected = roster.count[accounts] * _TYPICAL_DAYS * volume.days * volume.rows
    part = (np.cumsum(expected) / world.config.event_chunk_rows).astype(np.int64)
    for group in np.split(accounts, np.flatnonzero(np.diff(part)) + 1):
        if len(group):
            yield _everyday(world, month, roster, rng, accounts=group, state=state)


def _account_days(world: World, month: Month, accounts: Ints) -> Floats:
    """Chance that a typical user of each account works on each day of the month (accounts x days)."""
    a, c, mood, model = world.accounts, world.commerce, world.mood, world.config.model
    first_login = a.step_at[accounts, cat.S_LOGIN]
    begin = np.maximum(c.access_from[accounts], (first_login // DAY + 1) * DAY)
    end = c.access_to[accounts]
    days = np.arange(month.days)
    way = (days + 0.5) / month.days
    before, after = mood.feeling_before[accounts, None], mood.feeling[accounts, None]
    feeling = before + (after - before) * way
    shown = model.use_mood * a.expressiveness[accounts, None] * feeling
    level = (
        np.log(model.use_base)
        + model.use_need * a.need[accounts]
        + model.use_champion * mood.champion[accounts]
        + model.use_onboarding * (onboarded(world, month.end)[accounts] - 0.6)
        + np.where(uses_integration(world)[accounts] & (months_since_release(world, month) == 0), -0.12, 0.0)
    )
    day_start = month.start + days * DAY
    left = c.leaving[accounts, None] | (end[:, None] < month.end)
    decided = left & (day_start > c.decided_at[accounts, None]) & ~a.is_silent[accounts, None]
    calendar = activity_by_day(month)[a.calendar[accounts]]
    chance = calendar * np.exp(level[:, None] + shown + model.use_leaving * decided)
    is_open = (day_start >= begin[:, None]) & (day_start + DAY <= end[:, None])
    return chance * is_open * ~world.causes.idle[accounts, None]


def _everyday(
    world: World, month: Month, roster: Roster, rng: np.random.Generator, *, accounts: Ints, state: UsageState
) -> _Chunk:
    """Ordinary work of some accounts' users."""
    user_rows, volume = world.users.rows, _volume(world)
    count = roster.count[accounts]
    place = np.repeat(roster.first[accounts] - (np.cumsum(count) - count), count) + np.arange(count.sum())
    users = roster.users[place]
    row = np.repeat(np.arange(len(accounts)), count)
    weight = np.exp(user_rows["weight"][users].astype(float))
    chance = _account_days(world, month, accounts)
    daily = np.minimum(chance[row] * (weight * volume.days)[:, None], 0.97)
    issued_day = (user_rows["created_at"][users] - month.start) // DAY
    daily *= np.arange(month.days) > issued_day[:, None]
    who, day = np.nonzero(rng.random(daily.shape, dtype=np.float32) < daily)

    rows = 1 + rng.poisson(volume.rows - 1, len(who))
    visit = np.repeat(np.arange(len(who)), rows)
    first = np.cumsum(rows) - rows
    turn = np.arange(len(visit)) - first[visit]
    account = accounts[row[who]][visit]
    is_login = (turn == 0) & (rng.random(len(visit)) < 0.6)
    # A second session in the afternoon, for some.
    splits = np.where(rng.random(len(who)) < 0.3, rng.integers(2, 5, len(who)), 1_000)
    second = turn >= splits[visit]
    gap = rng.integers(40, 800, len(visit))
    gap[first] = 0
    passed = np.cumsum(gap)
    begin = (
        world.accounts.first_hour[account] * HOUR
        + (rng.uniform(0, 6, len(who)) * HOUR).astype(np.int64)[visit]
    )
    second_of_day = np.minimum(begin + passed - passed[first][visit] + second * 3 * HOUR, DAY - 1)
    feature = _features(world, rng, accounts, row[who][visit])
    unlocked = world.accounts.step_at[account, _UNLOCKED_BY[feature]] < month.start
    variant = (unlocked & (rng.random(len(visit)) < 0.25)).astype(np.int64)
    duration = np.where(
        is_login, rng.integers(3, 30, len(visit)), (0.7 * rng.integers(40, 800, len(visit))).astype(int)
    )
    sessions = 1 + (splits < rows)
    session = state.next_session + np.cumsum(sessions) - sessions
    state.next_session += int(sessions.sum())
    return _Chunk(
        account=account,
        user=np.where(rng.random(len(visit)) < 0.01, -1, users[who][visit]),
        name=np.where(is_login, _LOGIN, _EVENT_OF[feature, variant]),
        feature=np.where(is_login, -1, feature),
        session=session[visit] + second,
        at=month.start + day[visit] * DAY + second_of_day,
        count=np.where(is_login, 1, rng.geometric(0.45, len(visit))),
        duration=duration,
    )


def _features(world: World, rng: np.random.Generator, accounts: Ints, row: Ints) -> Ints:
    """For each row (a position in `accounts`) a feature of its account, the usual ones more often."""
    cumulative = np.cumsum(world.adopted[accounts] * cat.FEATURE_WEIGHTS, axis=1).astype(np.float32)
    level = rng.random(len(row), dtype=np.float32) * cumulative[row, -1]
    feature = np.zeros(len(row), dtype=np.int64)
    for k in range(len(cat.FEATURES) - 1):
        feature += cumulative[row, k] <= level
    return feature


def _probes(world: World, month: Month) -> _Chunk:
    """A monitor logs in to the company's own test account at noon every day."""
    account = int(np.argmax(world.accounts.is_test))
    at = month.start + np.arange(month.days) * DAY + DAY // 2
    at = at[at > world.accounts.created_at[account]]
    nothing, one = np.full(len(at), -1), np.ones(len(at), dtype=np.int64)
    return _Chunk(
        account=account * one,
        user=nothing,
        name=_LOGIN * one,
        feature=nothing,
        session=nothing,
        at=at,
        count=one,
        duration=one,
    )


def _milestones(world: World, month: Month, roster: Roster, rng: np.random.Generator) -> _Chunk:
    """The first event of each onboarding step reached in this month, by the account's administrator."""
    a, c = world.accounts, world.commerce
    limit = np.minimum(c.access_to, month.end)[:, None]
    account, reached = np.nonzero((a.step_at >= month.start) & (a.step_at < limit))
    user = roster.one_of(rng, account)
    return _Chunk(
        account=account,
        user=user,
        name=_STEP_EVENT[reached],
        feature=_STEP_FEATURE[reached],
        session=np.full(len(account), -1),
        at=a.step_at[account, reached],
        count=np.ones(len(account), dtype=np.int64),
        duration=rng.integers(20, 600, len(account)),
    )


def _login_days(chunk: _Chunk, effective: Ints, state: UsageState) -> tuple[Ints, Ints]:
    """The accounts without a habit so far, and their first login of each day in this chunk."""
    is_login = chunk.name == _LOGIN
    account, at = effective[chunk.account[is_login]], chunk.at[is_login]
    due = state.login_days[account] < cat.HABIT_DAYS
    return _first_of_days(account[due], at[due])


def _first_of_days(account: Ints, at: Ints) -> tuple[Ints, Ints]:
    order = np.lexsort((at, account))
    account, at = account[order], at[order]
    is_first = np.ones(len(account), dtype=bool)
    is_first[1:] = (account[1:] != account[:-1]) | (at[1:] // DAY != at[:-1] // DAY)
    return account[is_first], at[is_first]


def _count_habits(logins: list[tuple[Ints, Ints]], state: UsageState) -> None:
    """Advance each account's number of days with a login; note when it reaches HABIT_DAYS."""
    account, at = _first_of_days(
        np.concatenate([a for a, _ in logins]), np.concatenate([t for _, t in logins])
    )
    _, first, count = np.unique(account, return_index=True, return_counts=True)
    day_number = state.login_days[account] + np.arange(len(account)) - np.repeat(first, count) + 1
    reached = day_number == cat.HABIT_DAYS
    state.habit_at[account[reached]] = at[reached]
    np.add.at(state.login_days, account, 1)


def _arrives(world: World, chunk: _Chunk) -> Bools:
    """Whether each event reached the export: the feed of an integration is silent at times."""
    arrives = np.ones(len(chunk.account), dtype=bool)
    days = world.config.model.feed_gap_days
    if world.config.untidy and any(days):
        end = world.timeline.end
        middle = int(world.timeline.starts[round(_FEED_GAP_AT * world.config.months)])
        gaps = ((middle, middle + int(days[0] * DAY)), (end - int(days[1] * DAY), end))
        for feature, (begin, until) in zip(_SILENT_FEEDS, gaps, strict=True):
            arrives &= (chunk.feature != feature) | (chunk.at < begin) | (chunk.at >= until)
    return arrives


def _write(world: World, month: Month, chunk: _Chunk, state: UsageState) -> None:
    count = len(chunk.account)
    arrives = _arrives(world, chunk)
    number = state.next_event + np.flatnonzero(arrives)
    if not arrives.all():
        chunk = _Chunk(*(getattr(chunk, field.name)[arrives] for field in fields(chunk)))
    columns: dict[str, Column] = {
        "event_id": Ids("E", number, 9),
        "account_id": Ids("A", chunk.account),
        "user_id": Ids("U", chunk.user),
        "event_name": Texts(chunk.name, _NAMES),
        "feature": Texts(chunk.feature, cat.FEATURES),
        "session_id": Ids("S", chunk.session, 9),
        "occurred_at": Times(chunk.at),
        "event_count": Numbers(chunk.count),
        "duration_seconds": Decimals(chunk.duration, 0),
    }
    state.next_event += count
    world.raw.write("product_events", columns, month)
