"""Usage counted by looking at every day, user and account: slow, plain, and independent of the SQL.

Rates are Fractions, NULL is None. The plan of an account in a month, and whether it paid, are taken as given.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from .revenue_oracle import Figures, Row, Table, customer_of, instant, last_day, month_of, ratio

DAY = dt.timedelta(1)
Segment = tuple[str, str]


@dataclass(frozen=True)
class Event:
    account: str
    user: str | None
    name: str
    feature: str | None
    session: str | None
    at: dt.datetime
    day: dt.date
    count: int
    seconds: Fraction | None


@dataclass(frozen=True)
class User:
    """An issued user; it counts on the days from `issued` to the day before `deactivated`."""

    account: str
    created_at: dt.datetime | None
    issued: dt.date
    deactivated: dt.date
    champion_from: dt.date | None
    champion_to: dt.date
    level: int | None

    def counts_on(self, day: dt.date) -> bool:
        return self.issued <= day < self.deactivated

    def leads_on(self, day: dt.date) -> bool:
        return self.champion_from is not None and self.champion_from <= day < self.champion_to


@dataclass(frozen=True)
class Company:
    """Raw rows by table, and per account and month the plan, and whether the month closed with MRR."""

    tables: Mapping[str, Sequence[Row]]
    as_of: dt.date
    timezone: str
    plans: Mapping[tuple[str, dt.date], tuple[str, bool]]
    steps: Sequence[Mapping[str, object]]
    customer_level: str = "account"

    # What there is

    def rows(self, table: str) -> Iterable[Row]:
        return self.tables.get(table, ())

    def day(self, text: str | None) -> dt.date | None:
        return instant(text, self.timezone).astimezone(ZoneInfo(self.timezone)).date() if text else None

    @cached_property
    def customers(self) -> dict[str, str]:
        """Account -> the account it counts for; test accounts are not in it."""
        rows: dict[str | None, Row] = {row["account_id"]: row for row in self.rows("accounts")}
        found = {str(account): customer_of(str(account), rows, self.customer_level) for account in rows}
        return {account: to for account, to in found.items() if to is not None}

    @cached_property
    def accounts(self) -> dict[str, Row]:
        kept = set(self.customers.values())
        return {str(row["account_id"]): row for row in self.rows("accounts") if row["account_id"] in kept}

    @cached_property
    def events(self) -> list[Event]:
        found = []
        for row in self.rows("product_events"):
            account = self.customers.get(str(row["account_id"]))
            at, day = instant(str(row["occurred_at"]), self.timezone), self.day(row["occurred_at"])
            count = int(row.get("event_count") or 1)
            if account and day and day <= self.as_of and count:
                seconds = row.get("duration_seconds")
                found.append(
                    Event(
                        account, row.get("user_id"), str(row["event_name"]), row.get("feature"),
                        row.get("session_id"), at, day, count, Fraction(seconds) if seconds else None,
                    )
                )  # fmt: skip
        return found

    @cached_property
    def users(self) -> dict[str, User]:
        found = {}
        for row in self.rows("users"):
            account = self.customers.get(str(row["account_id"]))
            if account:
                created, level = row.get("created_at"), row.get("champion_level")
                found[str(row["user_id"])] = User(
                    account,
                    instant(created, self.timezone) if created else None,
                    self.day(created or self.accounts[account].get("created_at")) or dt.date.min,
                    self.day(row.get("deactivated_at")) or dt.date.max,
                    self.day(row.get("champion_since")),
                    self.day(row.get("champion_until")) or dt.date.max,
                    int(level) if level else None,
                )
        return found

    @cached_property
    def homes(self) -> dict[str, str]:
        """The account that each user counts for: the one that issued the user, else the one used first."""
        seen = sorted((e.at, e.account, e.user) for e in self.events if e.user)
        return {user: account for _, account, user in reversed(seen)} | {
            user: issued.account for user, issued in self.users.items()
        }

    @cached_property
    def days_of_users(self) -> dict[str, set[dt.date]]:
        found: dict[str, set[dt.date]] = defaultdict(set)
        for event in self.events:
            if event.user:
                found[event.user].add(event.day)
        return found

    @cached_property
    def days_of_accounts(self) -> dict[str, set[dt.date]]:
        found: dict[str, set[dt.date]] = defaultdict(set)
        for event in self.events:
            found[event.account].add(event.day)
        return found

    @property
    def first_recorded(self) -> dt.date:
        return min((event.day for event in self.events), default=dt.date.max)

    def segments(self, account: str, month: dt.date) -> list[Segment]:
        plan, _ = self.plans.get((account, month), ("unknown", False))
        country = self.accounts[account].get("country") or "unknown"
        return [("all", "all"), ("country", country), ("plan", plan)]

    def pays(self, account: str, month: dt.date) -> bool:
        return self.plans.get((account, month), ("", False))[1]

    def months(self) -> list[dt.date]:
        issued = [one.issued for one in self.users.values() if one.issued > dt.date.min]
        first = min([self.first_recorded, self.as_of, *issued, *(month for _, month in self.plans)])
        return sorted({month_of(first + n * DAY) for n in range((self.as_of - first).days + 1)})

    def close(self, month: dt.date) -> dt.date:
        return min(last_day(month), self.as_of)

    # Figures of a group of accounts

    def tabled(self, periods: Iterable[dt.date], figures: Callable[[dt.date, set[str]], Figures]) -> Table:
        """Figures of each period and segment that has an account."""
        found: Table = {}
        for period in periods:
            groups: dict[Segment, set[str]] = defaultdict(set)
            for account in self.accounts:
                for segment in self.segments(account, month_of(period)):
                    groups[segment].add(account)
            found |= {(period, *segment): figures(period, group) for segment, group in groups.items()}
        return found

    def active_users_days(self) -> Table:
        if not self.events:
            return {}
        length = (self.as_of - self.first_recorded).days + 1
        return self.tabled((self.first_recorded + n * DAY for n in range(length)), self.trailing)

    def trailing(self, day: dt.date, group: set[str]) -> Figures:
        issued = {user for user, one in self.users.items() if one.account in group and one.counts_on(day)}
        found: Figures = {"total_users": len(issued) if self.users else None}
        for length, name in ((1, "dau"), (7, "wau"), (30, "mau")):
            window = {day - n * DAY for n in range(length)}
            active = {user for user, days in self.days_of_users.items() if days & window}
            known = bool(self.days_of_users)
            found[name] = len([user for user in active if self.homes[user] in group]) if known else None
            rate = ratio(len(active & issued), len(issued)) if self.users and known else None
            found[f"{name}_rate"] = rate
            found[f"active_accounts_{length}d"] = len(
                [account for account in group if self.days_of_accounts.get(account, set()) & window]
            )
        daily, monthly = found["dau"], found["mau"]
        both = isinstance(daily, int) and isinstance(monthly, int)
        found["stickiness"] = ratio(daily, monthly) if both else None
        return found

    def active_users_months(self) -> Table:
        return self.tabled(self.months(), self.calendar_month)

    def calendar_month(self, month: dt.date, group: set[str]) -> Figures:
        close, recorded = self.close(month), self.first_recorded <= last_day(month)
        known = recorded and bool(self.days_of_users)
        active = {
            user
            for user, days in self.days_of_users.items()
            if self.homes[user] in group and any(month_of(day) == month for day in days)
        }
        issued = {user for user, one in self.users.items() if one.account in group and one.counts_on(close)}
        paying = {account for account in group if self.pays(account, month)}
        used = {
            account
            for account in group
            if any(month_of(day) == month for day in self.days_of_accounts.get(account, ()))
        }
        weeks = [{close - n * DAY for n in range(start, start + 7)} for start in (0, 7, 14, 21)]
        settled = [a for a in paying if all(week & self.days_of_accounts.get(a, set()) for week in weeks)]
        leaders = {u for u in issued if self.users[u].leads_on(close) and self.users[u].account in paying}
        led = {self.users[user].account for user in leaders}
        leading = any(one.champion_from for one in self.users.values())
        levels = [
            max(ranks)
            for account in led
            if (ranks := [self.users[u].level or 0 for u in leaders if self.users[u].account == account])
            and max(ranks)
        ]
        new = [
            user
            for user, one in self.users.items()
            if one.account in group
            and one.created_at
            and month_of(one.issued) == month
            and one.issued >= self.first_recorded
            and one.issued + 7 * DAY <= self.as_of
        ]
        return {
            "active_users": len(active) if known else None,
            "active_accounts": len(used) if recorded else None,
            "total_users": len(issued) if self.users else None,
            "active_user_rate": ratio(len(active & issued), len(issued)) if known and self.users else None,
            "active_account_rate": ratio(len(used & paying), len(paying)) if recorded else None,
            "settled_account_rate": ratio(len(settled), len(paying))
            if self.first_recorded <= close - 27 * DAY
            else None,
            "first_login_rate": ratio(sum(map(self.logs_in, new)), len(new)) if self.days_of_users else None,
            "champions": len(leaders) if leading else None,
            "champion_coverage_rate": ratio(len(led), len(paying)) if leading else None,
            "average_champion_level": ratio(sum(levels), len(levels)) if leading else None,
        }

    def logs_in(self, user: str) -> bool:
        mine = [event for event in self.events if event.user == user]
        logins = [event.at for event in mine if event.name == "login"] or [event.at for event in mine]
        created = self.users[user].created_at
        return bool(logins) and created is not None and min(logins) < created + 7 * DAY

    def sessions(self) -> list[tuple[str, dt.date, Fraction]]:
        """Account, day and seconds of each session."""
        streams: dict[tuple[object, ...], list[Event]] = defaultdict(list)
        for event in sorted(self.events, key=lambda event: event.at):
            streams[event.account, event.user, event.session].append(event)
        found = []
        for (_, _, session), events in streams.items():
            parts: list[list[Event]] = []
            for event in events:
                idle = dt.timedelta(minutes=30)
                if parts and (session or event.at - parts[-1][-1].at <= idle):
                    parts[-1].append(event)
                else:
                    parts.append([event])
            for part in parts:
                given = [event.seconds for event in part if event.seconds is not None]
                span = Fraction(int((part[-1].at - part[0].at).total_seconds()))
                found.append((part[0].account, part[0].day, sum(given, Fraction(0)) if given else span))
        return found

    def sessions_months(self) -> Table:
        sessions = self.sessions()

        def figures(month: dt.date, group: set[str]) -> Figures:
            mine = [
                seconds for account, day, seconds in sessions if account in group and month_of(day) == month
            ]
            active = self.calendar_month(month, group)["active_users"]
            people = active if isinstance(active, int) else 0
            minutes = sum(mine, Fraction(0)) / 60
            return {
                "sessions": len(mine),
                "active_users": active,
                "session_minutes": minutes,
                "average_session_minutes": ratio(minutes, people),
                "average_minutes_per_session": ratio(minutes, len(mine)),
                "sessions_per_active_user": ratio(len(mine), people),
            }

        return self.tabled((m for m in self.months() if last_day(m) >= self.first_recorded), figures)

    def feature_months(self) -> Table:
        found: Table = {}
        for feature in {event.feature for event in self.events if event.feature}:

            def figures(month: dt.date, group: set[str], feature: str = feature) -> Figures:
                mine = [e for e in self.events if e.feature == feature and month_of(e.day) == month]
                people = {e.user for e in mine if e.user and self.homes[e.user] in group}
                inside = [event for event in mine if event.account in group]
                used = {event.account for event in inside}
                paying = {account for account in group if self.pays(account, month)}
                return {
                    "users": len(people) if self.days_of_users else None,
                    "accounts": len(used),
                    "events": sum(event.count for event in inside),
                    "account_adoption_rate": ratio(len(used & paying), len(paying)) if mine else None,
                }

            table = self.tabled(self.months(), figures)
            found |= {(month, feature, *segment): row for (month, *segment), row in table.items()}
        return found
