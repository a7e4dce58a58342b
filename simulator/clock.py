"""Months, working days, holidays and seasons. Times are whole seconds since 1970 in UTC."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from simulator.randomness import Floats, Ints

HOUR = 3_600
DAY = 86_400
NEVER = int(np.iinfo(np.int64).max)  # no such time; written as NULL
MONTHS_BEYOND = 61  # contracts can end after the simulated period

_EPOCH = dt.date(1970, 1, 1)
# Activity of a weekend day and of a public holiday, as a share of a working day's.
_WEEKEND = 0.10
_HOLIDAY = 0.15
# Fixed public holidays (month, day) by calendar: Americas and Oceania, Europe, Japan.
_HOLIDAYS: tuple[frozenset[tuple[int, int]], ...] = (
    frozenset({(1, 1), (7, 4), (11, 27), (11, 28), *((12, day) for day in range(24, 32))}),
    frozenset({(1, 1), (5, 1), *((12, day) for day in range(24, 32))}),
    frozenset(
        {
            (1, 1),
            (1, 2),
            (1, 3),
            (4, 29),
            (5, 3),
            (5, 4),
            (5, 5),
            (8, 11),
            (11, 3),
            (11, 23),
            (12, 30),
            (12, 31),
        }
        | {(8, day) for day in range(13, 17)}
    ),
)
# Activity by calendar and month: low in Europe's summer and in December.
_SEASONS = np.array(
    [
        [1.00, 1.02, 1.03, 1.02, 1.00, 0.97, 0.93, 0.95, 1.04, 1.04, 1.00, 0.92],
        [1.00, 1.03, 1.04, 1.00, 0.98, 0.98, 0.88, 0.80, 1.05, 1.05, 1.02, 0.90],
        [0.98, 1.02, 1.06, 1.04, 0.96, 1.01, 1.00, 0.92, 1.02, 1.02, 1.02, 0.97],
    ]
)
# Sign-ups by calendar month: budgets start in January and April, few buy in August.
SIGNUP_SEASON = np.array([1.15, 1.05, 1.05, 1.15, 1.0, 0.95, 0.9, 0.75, 1.1, 1.1, 1.05, 0.75])


def seconds(day: dt.date) -> int:
    """Midnight UTC of a day."""
    return (day - _EPOCH).days * DAY


@dataclass(frozen=True)
class Month:
    """One calendar month; `end` is exclusive."""

    index: int
    first: dt.date
    start: int
    end: int

    @property
    def days(self) -> int:
        """28 to 31."""
        return (self.end - self.start) // DAY

    @property
    def label(self) -> str:
        """As in file names: 2025-01."""
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True)
class Timeline:
    """The simulated months and the starts of those after them, for contracts that run on."""

    months: tuple[Month, ...]
    starts: Ints

    @property
    def end(self) -> int:
        """The instant at which the simulation ends (exclusive)."""
        return self.months[-1].end

    def index_of(self, times: Ints) -> Ints:
        """The month index of each time; -1 before the first month."""
        return np.searchsorted(self.starts, times, side="right").astype(np.int64) - 1

    def calendar_month(self, at: int) -> int:
        """1 to 12; `at` is not before the first month."""
        return (self.months[0].first.month - 1 + int(self.index_of(np.array([at]))[0])) % 12 + 1

    def anniversary(self, month_index: Ints, day_of_month: Ints, second_of_day: Ints) -> Ints:
        """The instant of a billing day (1-28) in each month, at most the last month of `starts`."""
        return (
            self.starts[np.minimum(month_index, len(self.starts) - 1)]
            + (day_of_month - 1) * DAY
            + second_of_day
        )


def timeline(end_date: dt.date, months: int) -> Timeline:
    """The `months` calendar months that end on `end_date`."""
    last = end_date.year * 12 + end_date.month - 1
    firsts = [dt.date(k // 12, k % 12 + 1, 1) for k in range(last - months + 1, last + MONTHS_BEYOND + 1)]
    starts = np.array([seconds(first) for first in firsts], dtype=np.int64)
    return Timeline(
        tuple(Month(m, firsts[m], int(starts[m]), int(starts[m + 1])) for m in range(months)),
        starts,
    )


def activity_by_day(month: Month) -> Floats:
    """Activity of a day against an ordinary working day, by calendar and day of the month (3 x days)."""
    days = [month.first + dt.timedelta(days=d) for d in range(month.days)]
    factor = np.ones((3, month.days)) * _SEASONS[:, month.first.month - 1, None]
    for d, day in enumerate(days):
        for calendar in range(3):
            if day.weekday() >= 5:
                factor[calendar, d] *= _WEEKEND
            elif (day.month, day.day) in _HOLIDAYS[calendar]:
                factor[calendar, d] *= _HOLIDAY
    return factor
