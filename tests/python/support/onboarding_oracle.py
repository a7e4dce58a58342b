"""Onboarding counted account by account: slow, plain, and independent of the SQL."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from .revenue_oracle import Table, instant, last_day, month_of, ratio
from .usage_oracle import DAY, Company

Step = Mapping[str, object]
Moment = tuple[dt.datetime, dt.date, int]  # when, on which day, how often


@dataclass(frozen=True)
class Path:
    """How far an account is: when it did each step itself, None where it did not (yet)."""

    offered_at: dt.datetime
    month: dt.date
    done: Sequence[dt.datetime | None]

    def in_time(self, steps: Sequence[Step]) -> list[bool]:
        return [
            at is not None and at < self.offered_at + int(str(step["within_days"])) * DAY
            for step, at in zip(steps, self.done, strict=True)
        ]

    def days(self, at: dt.datetime) -> int:
        return max((at - self.offered_at) // DAY, 0)


@dataclass(frozen=True)
class Onboarding:
    """The paths of a company's accounts through the steps of the seed."""

    company: Company

    @property
    def steps(self) -> Sequence[Step]:
        return self.company.steps

    def moments(self, step: Step) -> dict[str, list[Moment]]:
        company, value = self.company, step["source_value"]
        found: dict[str, list[Moment]] = defaultdict(list)
        if step["source_kind"] == "event":
            for event in company.events:
                if event.name == value:
                    found[event.account].append((event.at, event.day, event.count))
        else:
            for row in company.rows("cs_activities"):
                account = company.customers.get(str(row["account_id"]))
                day = company.day(row["occurred_at"])
                if account and row["activity_type"] == value and day and day <= company.as_of:
                    found[account].append((instant(str(row["occurred_at"]), company.timezone), day, 1))
        return found

    def recorded_from(self, step: Step) -> dt.date:
        """The first day of the step's source; never, where no account began the step."""
        if not self.moments(step):
            return dt.date.max
        if step["source_kind"] == "event":
            return self.company.first_recorded
        rows = self.company.rows("cs_activities")
        return min(filter(None, (self.company.day(row["occurred_at"]) for row in rows)))

    @cached_property
    def paths(self) -> dict[str, Path]:
        company = self.company
        moments = [self.moments(step) for step in self.steps]
        found = {}
        for account, row in company.accounts.items():
            text = row.get("onboarding_offered_at") or row.get("created_at")
            items = [
                instant(str(item["valid_from"]), company.timezone)
                for item in company.rows("subscription_items")
                if company.customers.get(str(item["account_id"])) == account
                and (item.get("valid_to") is None or str(item["valid_to"]) > str(item["valid_from"]))
            ]
            at = instant(text, company.timezone) if text else min(items, default=None)
            day = company.day(at.isoformat()) if at else None
            if at and day and day <= company.as_of:
                done = [
                    reached(mine.get(account, []), step)
                    for step, mine in zip(self.steps, moments, strict=True)
                ]
                found[account] = Path(at, month_of(day), done)
        return found

    def groups(self) -> dict[tuple[dt.date, str, str], list[Path]]:
        found: dict[tuple[dt.date, str, str], list[Path]] = defaultdict(list)
        for account, path in self.paths.items():
            for segment in self.company.segments(account, path.month):
                found[path.month, *segment].append(path)
        return found

    def is_mature(self, month: dt.date, steps: Sequence[Step]) -> bool:
        return all(
            last_day(month) + int(str(step["within_days"])) * DAY <= self.company.as_of for step in steps
        )

    def is_known(self, month: dt.date, step: Step) -> bool:
        return self.recorded_from(step) <= last_day(month)

    def funnels(self) -> Table:
        found: Table = {}
        for (month, *segment), paths in self.groups().items():
            before: tuple[int | None, int | None] = (len(paths), len(paths))
            for index, step in enumerate(self.steps):
                later = [path.done[index:] for path in paths]
                passed = sum(any(times) for times in later)
                in_time = sum(any(path.in_time(self.steps)[index:]) for path in paths)
                known = self.is_known(month, step)
                now = (in_time if known or in_time else None, passed if known or passed else None)
                days = [path.days(at) for path in paths if (at := path.done[index])]
                found[month, step["step_key"], *segment] = {
                    "accounts_offered": len(paths),
                    "accounts_reached": now[0],
                    "accounts_reached_to_date": now[1],
                    "accounts_skipped": sum(not times[0] and any(times) for times in later),
                    "reach_rate": quotient(now[0], len(paths)),
                    "step_conversion_rate": quotient(now[0], before[0]),
                    "step_conversion_rate_to_date": quotient(now[1], before[1]),
                    "median_days_to_reach": quantile(days, Fraction(1, 2)),
                    "p90_days_to_reach": quantile(days, Fraction(9, 10)),
                    "is_mature": self.is_mature(month, [step]),
                }
                before = now
        return found

    def months(self) -> Table:
        goals = [index for index, step in enumerate(self.steps) if step["is_goal"]]
        found: Table = {}
        for key, paths in self.groups().items():
            known = [self.is_known(key[0], self.steps[index]) for index in goals]

            in_time = completed([[path.in_time(self.steps)[i] for i in goals] for path in paths], known)
            by_now = completed([[path.done[i] is not None for i in goals] for path in paths], known)
            days = [
                max(path.days(at) for at in times if at)
                for path in paths
                if all(times := [path.done[i] for i in goals])
            ]
            found[key] = {
                "accounts_offered": len(paths),
                "accounts_completed": in_time,
                "accounts_completed_to_date": by_now,
                "onboarding_completion_rate": quotient(in_time, len(paths)),
                "onboarding_completion_rate_to_date": quotient(by_now, len(paths)),
                "median_days_to_complete": quantile(days, Fraction(1, 2)),
                "is_mature": self.is_mature(key[0], [self.steps[i] for i in goals]),
            }
        return found


def reached(moments: Sequence[Moment], step: Step) -> dt.datetime | None:
    """When the step had happened often enough, on enough days."""
    times, days = 0, set()
    for at, day, count in sorted(moments):
        times += count
        days.add(day)
        enough = times >= int(str(step["min_occurrences"]))
        if enough and len(days) >= int(str(step["min_active_days"] or 1)):
            return at
    return None


def completed(results: Sequence[Sequence[bool]], known: Sequence[bool]) -> int | None:
    """How many have all goals, of the accounts of which that is known; None where it is known of none."""
    said = [
        all(mine)
        for mine in results
        if all(mine) or any(is_known and not has for has, is_known in zip(mine, known, strict=True))
    ]
    return sum(said) if said else None


def quotient(part: int | None, whole: int | None) -> Fraction | None:
    return None if part is None or whole is None else ratio(part, whole)


def quantile(values: Sequence[int], share: Fraction) -> Fraction | None:
    """The value at `share` of the way through the sorted values, between two in proportion."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
