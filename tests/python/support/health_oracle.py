"""The measures of the health score counted row by row: slow, plain, and independent of the SQL.

Rates are Fractions, NULL is None. What an account pays comes from the day count of revenue, users and
sessions from the count of usage. A window of months is the month of the as-of date and those before it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from .onboarding_oracle import Onboarding, reached
from .revenue_oracle import Company as Revenue
from .revenue_oracle import (
    Figures,
    Inputs,
    Row,
    State,
    Table,
    Version,
    add_months,
    instant,
    is_true,
    last_day,
    local_mrr,
    month_of,
    ratio,
    total,
)
from .usage_oracle import DAY, User
from .usage_oracle import Company as Usage

TRAININGS = ("training", "webinar", "workshop")
EVENTS = ("event", "user_group", "interview", "award")
CONTENT = ("video_view", "help_view", "download")
COMMUNITY = ("community_post", "community_question", "community_answer")
TOUCHES = ("onboarding_call", "qbr", "call", "chat")
DAYS_OF_INTERVAL = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
MONTHS_OF_INTERVAL = {"month": 1, "quarter": 3, "year": 12}
LEAVING_WITHIN = 90  # days in which a scheduled end makes a leaver
AGREED = ("verbal", "in_approval", "ordered")

# Rows with an account and the day on which they happened.
Dated = list[tuple[dt.date, Row]]


@dataclass(frozen=True)
class Health:
    """The measures of each customer at each month's close, from raw rows as text."""

    inputs: Inputs
    tables: Mapping[str, Sequence[Row]]
    steps: Sequence[Mapping[str, object]]
    stages: Sequence[Row]
    knows_later_rows: bool = False

    # What there is

    @cached_property
    def revenue(self) -> Revenue:
        return Revenue(self.inputs)

    @cached_property
    def usage(self) -> Usage:
        inputs = self.inputs
        return Usage(self.tables, inputs.as_of, inputs.timezone, {}, self.steps, inputs.customer_level)

    def day(self, text: str | None) -> dt.date | None:
        return self.usage.day(text)

    def dated(self, table: str, time: str) -> dict[str, Dated]:
        """The rows of a table by customer, up to the as-of date; those of test accounts are not in it."""
        found: dict[str, Dated] = defaultdict(list)
        for row in self.tables.get(table, ()):
            account = self.usage.customers.get(str(row["account_id"]))
            happened = self.day(row[time])
            if account and happened and happened <= self.inputs.as_of:
                found[account].append((happened, row))
        return found

    def measures(self) -> Table:
        """Account and as-of date -> every measure."""
        found: Table = {}
        for (account, month), paid in self.revenue.account_months.items():
            if paid.closing:
                day = self.revenue.close_day(month)
                found[account, day] = {
                    **self.standing(account, day),
                    **self.recorded(day),
                    **self.adoption(account, day),
                    **self.onboarding(account, day),
                    **self.maturity(account, day),
                    **self.engagement(account, day),
                    **self.sentiment(account, day),
                    **self.support(account, day),
                    **self.commercial(account, day),
                    **self.payment(account, day),
                    **self.commitment(account, day),
                    **self.success(account, day),
                    **self.hindsight(account, day),
                }
        return found

    def hindsight(self, account: str, day: dt.date) -> Figures:
        """The measures that rows recorded later would change."""
        later = self.later
        found = {
            **later.engagement(account, day),
            **later.sentiment(account, day),
            **later.support(account, day),
            "notice_given": later.commitment(account, day)["notice_given"],
        }
        return {f"{name}_hindsight": value for name, value in found.items() if "_measured_on" not in name}

    @cached_property
    def later(self) -> Health:
        """The same, to whom it is no matter when a row was recorded."""
        return replace(self, knows_later_rows=True)

    def knows(self, row: Row, day: dt.date) -> bool:
        """Whether the source had a row by the end of the day's month; it may not say."""
        recorded, resolved = row.get("recorded_at"), row.get("resolved_at")
        if self.knows_later_rows or recorded is None:
            return True
        # A ticket that was written anew when it was resolved was there before.
        if resolved is not None and instant(recorded, self.inputs.timezone) >= instant(
            resolved, self.inputs.timezone
        ):
            return True
        on = self.day(recorded)
        return on is None or month_of(on) <= month_of(day)

    # Who it is

    def customer_since(self, account: str, day: dt.date) -> dt.date:
        """When the stretch of MRR began that the account is in."""
        begun = [
            movement.day
            for movement in self.revenue.movements
            if movement.account == account
            and movement.type in ("new", "reactivation")
            and movement.day <= day
        ]
        return max(begun)

    def standing(self, account: str, day: dt.date) -> Figures:
        tenure = (day - self.customer_since(account, day)).days
        (stage,) = (
            row["lifecycle_stage"]
            for row in self.stages
            if int(str(row["from_day"])) <= tenure and (not row["to_day"] or tenure < int(row["to_day"]))
        )
        region = self.usage.accounts[account].get("region")
        return {"region": region, "lifecycle_stage": stage, "tenure_days": tenure}

    def recorded(self, day: dt.date) -> Figures:
        """Which inputs any account had a row of by the day."""
        events = self.usage_until[day].events
        users = [user for user in self.usage.users.values() if dt.date.min < user.issued <= day]
        measured = {
            str(row["measure"]) for rows in self.gauges.values() for on, row in rows if month_of(on) <= day
        }
        done = [row for rows in self.activities.values() for on, row in rows if on <= day]
        kinds = {str(row["activity_type"]) for row in done}
        said = {str(row["survey_kind"]) for rows in self.responses.values() for on, row in rows if on <= day}

        def any_of(rows: Mapping[str, Dated]) -> bool:
            return any(on <= day for dated in rows.values() for on, _ in dated)

        found = {
            "usage": bool(events),
            "user_usage": bool(users) and any(event.user for event in events),
            "onboarding": any(
                on <= day for accounts in self.steps_reached.values() for on in accounts.values()
            ),
            "seats_limit": "seats_limit" in measured,
            "feature": any(event.feature for event in events),
            "champion": any(u.champion_from and u.champion_from <= day for u in self.usage.users.values()),
            "user": bool(users),
            **{
                name: name in measured
                for name in ("integrations", "connections", "apps_built", "data_volume")
            },
            "trainings": bool(kinds.intersection(TRAININGS)),
            "events": bool(kinds.intersection(EVENTS)),
            "content_views": bool(kinds.intersection(CONTENT)),
            "community_actions": bool(kinds.intersection(COMMUNITY)),
            "touches": bool(kinds.intersection(TOUCHES)),
            "messages": any(row["activity_type"] == "email" and row.get("response") for row in done),
            "nps": "nps" in said,
            "csat": "csat" in said,
            "review": any(
                on <= day and row.get("rating") for rows in self.reviews.values() for on, row in rows
            ),
            "ticket": any_of(self.tickets),
            "past_due": any(on <= day for _, on in self.late_days),
            "notice": any_of(self.cancellations) or any_of(self.contracts),
            "opportunity": any_of(self.opportunities),
            "goal": any_of(self.goals),
        }
        return {f"is_{name}_recorded": is_there for name, is_there in found.items()}

    # How it uses the product

    @cached_property
    def usage_until(self) -> dict[dt.date, Usage]:
        """Close -> what had happened by then, and nothing later."""
        closes = map(self.revenue.close_day, self.revenue.months)
        return {close: replace(self.usage, as_of=close) for close in closes}

    @cached_property
    def sessions_until(self) -> dict[dt.date, list[tuple[str, dt.date, Fraction]]]:
        return {close: usage.sessions() for close, usage in self.usage_until.items()}

    def issued(self, account: str, day: dt.date) -> list[User]:
        """The people of an account with a login that counts at the end of a day."""
        return [user for user in self.usage.users.values() if user.account == account and user.counts_on(day)]

    def adoption(self, account: str, day: dt.date) -> Figures:
        recorded = [event.day for event in self.usage_until[day].events]
        names = ("events", "sessions", "session_seconds")
        if not recorded:
            return dict.fromkeys(
                [
                    "days_since_last_use", "active_days_28d", "use_rate_28d", "use_rate_84d",
                    *(f"{name}_change_28d_rate" for name in names), "usage_measured_on",
                ]
            )  # fmt: skip
        first, last = min(recorded), max(recorded)
        events = [event for event in self.usage_until[day].events if event.account == account]
        last_used = max(
            max((event.day for event in events), default=first), self.customer_since(account, day)
        )

        def is_recorded(days: int) -> bool:
            return first <= day - (days - 1) * DAY

        def use_rate(days: int) -> Fraction | None:
            user_days = {(e.user, e.day) for e in events if e.user and e.day > day - days * DAY}
            issued = sum(len(self.issued(account, day - back * DAY)) for back in range(days))
            return ratio(len(user_days), issued)

        def change(amounts: Sequence[tuple[dt.date, Fraction | int]]) -> Fraction | None:
            """Of the last 28 days against the 28 before."""
            now = sum(amount for on, amount in amounts if day - 28 * DAY < on <= day)
            before = sum(amount for on, amount in amounts if day - 56 * DAY < on <= day - 28 * DAY)
            return ratio(now - before, before) if is_recorded(56) else None

        sessions = [(on, seconds) for one, on, seconds in self.sessions_until[day] if one == account]
        last_days = {event.day for event in events if event.day > day - 28 * DAY}
        changes = (
            change([(event.day, event.count) for event in events]),
            change([(on, 1) for on, _ in sessions]),
            change(sessions),
        )
        return {
            "days_since_last_use": (day - last_used).days,
            "active_days_28d": len(last_days) if is_recorded(28) else None,
            "use_rate_28d": use_rate(28) if is_recorded(28) else None,
            "use_rate_84d": use_rate(84) if is_recorded(84) else None,
            **{f"{name}_change_28d_rate": found for name, found in zip(names, changes, strict=True)},
            "usage_measured_on": last,
        }

    @cached_property
    def steps_reached(self) -> dict[str, dict[str, dt.date]]:
        """Step -> account -> the day on which it reached the step."""
        onboarding = Onboarding(self.usage)
        found: dict[str, dict[str, dt.date]] = {}
        for step in self.steps:
            moments = onboarding.moments(step)
            times = {account: reached(mine, step) for account, mine in moments.items()}
            days = {account: self.day(at.isoformat()) for account, at in times.items() if at}
            found[str(step["step_key"])] = {account: on for account, on in days.items() if on}
        return found

    def onboarding(self, account: str, day: dt.date) -> Figures:
        known = [days for days in self.steps_reached.values() if any(on <= day for on in days.values())]
        mine = [days for days in known if account in days and days[account] <= day]
        return {"onboarding_reached_rate": ratio(len(mine), len(known))}

    # How deep it is in the product

    @cached_property
    def gauges(self) -> dict[str, Dated]:
        return self.dated("usage_gauges", "measured_on")

    def levels(self, account: str, day: dt.date) -> dict[tuple[str, str], tuple[dt.date, Fraction]]:
        """Raw account and measure -> when it was last measured, and the level then."""
        found = {}
        for on, row in sorted(self.gauges.get(account, []), key=lambda dated: dated[0]):
            if on <= day:
                found[str(row["account_id"]), str(row["measure"])] = (on, Fraction(str(row["value"])))
        return found

    def maturity(self, account: str, day: dt.date) -> Figures:
        features = [event for event in self.usage_until[day].events if event.feature]
        used = {event.feature for event in features if event.account == account and within(event.day, day, 3)}
        users = self.usage.users.values()
        champions = [user for user in self.issued(account, day) if user.leads_on(day)]
        has_champions = any(user.champion_from and user.champion_from <= day for user in users)
        # A user without a date counts, but does not show since when users are recorded.
        has_users = any(dt.date.min < user.issued <= day for user in users)
        issued = len(self.issued(account, day)) if has_users else None
        levels = self.levels(account, day)

        def gauge(measure: str) -> Fraction | None:
            mine = [level for (_, name), (_, level) in levels.items() if name == measure]
            return total(mine) if mine else None

        seats = gauge("seats_limit")
        return {
            "features_used_3m": len(used) if features else None,
            "champion_level": (
                max((user.level or 1 for user in champions), default=0) if has_champions else None
            ),
            "issued_users": issued,
            "issued_seats_rate": None if issued is None or seats is None else ratio(issued, seats),
            **{name: gauge(name) for name in ("integrations", "connections", "apps_built", "data_volume")},
            "gauges_measured_on": max((on for on, _ in levels.values()), default=None),
        }

    # How it meets the company

    @cached_property
    def activities(self) -> dict[str, Dated]:
        return self.dated("cs_activities", "occurred_at")

    def engagement(self, account: str, day: dt.date) -> Figures:
        mine = [
            row
            for on, row in self.activities.get(account, [])
            if on <= day and within(on, day, 3) and self.knows(row, day)
        ]

        def count(kinds: Collection[str], counts: Callable[[Row], bool] = lambda _: True) -> int | None:
            """None where no such activity was recorded in the window's first month or before."""
            first = min(
                (
                    on
                    for rows in self.activities.values()
                    for on, row in rows
                    if row["activity_type"] in kinds
                ),
                default=dt.date.max,
            )
            if month_of(first) > add_months(month_of(day), -2):
                return None
            return sum(row["activity_type"] in kinds and counts(row) for row in mine)

        def came(row: Row) -> bool:
            return row.get("response") != "registered"

        mails = [row["response"] for row in mine if row["activity_type"] == "email" and row.get("response")]
        return {
            "trainings_3m": count(TRAININGS, came),
            "events_3m": count(EVENTS, came),
            "content_views_3m": count(CONTENT),
            "community_actions_3m": count(COMMUNITY),
            "touches_3m": count(TOUCHES),
            "reaction_rate_3m": ratio(sum(mail != "sent" for mail in mails), len(mails)),
        }

    # What it says

    def sentiment(self, account: str, day: dt.date) -> Figures:
        answers = [
            (on, str(row["survey_kind"]), Fraction(str(row["score"])))
            for on, row in self.responses.get(account, [])
            if within(on, day, 6) and self.knows(row, day)
        ]
        reviews = [
            (on, "review", Fraction(str(row["rating"])))
            for on, row in self.reviews.get(account, [])
            if within(on, day, 12) and row.get("rating") and self.knows(row, day)
        ]
        found: Figures = {}
        names = {"nps": "nps_score_6m", "csat": "csat_score_6m", "review": "review_rating_12m"}
        for kind, name in names.items():
            said = [(on, score) for on, of, score in answers + reviews if of == kind and on <= day]
            found[name] = ratio(total(score for _, score in said), len(said))
            found[f"{kind}_measured_on"] = max((on for on, _ in said), default=None)
        return found

    @cached_property
    def responses(self) -> dict[str, Dated]:
        return self.dated("survey_responses", "responded_at")

    @cached_property
    def reviews(self) -> dict[str, Dated]:
        return self.dated("reviews", "posted_at")

    # What trouble it has

    @cached_property
    def tickets(self) -> dict[str, Dated]:
        return self.dated("support_tickets", "opened_at")

    def support(self, account: str, day: dt.date) -> Figures:
        users = max(len(self.issued(account, day)), 1)
        first = min((on for rows in self.tickets.values() for on, _ in rows), default=dt.date.max)
        if month_of(first) > add_months(month_of(day), -2):
            names = ("open_tickets", "tickets", "escalations")
            rates = (f"{name}_per_user{'' if name == 'open_tickets' else '_3m'}" for name in names)
            return dict.fromkeys([*rates, "resolution_hours_3m"])
        opened = [
            (on, row) for on, row in self.tickets.get(account, []) if on <= day and self.knows(row, day)
        ]
        lately = [row for on, row in opened if within(on, day, 3)]
        hours, still_open = [], 0
        for on, row in opened:
            # A resolution before the opening is a mistake: resolved on that day, in no known time.
            resolved = self.day(row.get("resolved_at"))
            resolved = max(resolved, on) if resolved else None
            if resolved is None or resolved > day:
                still_open += 1
            elif within(resolved, day, 3):
                begun = instant(str(row["opened_at"]), self.inputs.timezone)
                done = instant(str(row["resolved_at"]), self.inputs.timezone)
                if done >= begun:
                    hours.append(Fraction((done - begun) // dt.timedelta(seconds=1), 3600))
        return {
            "open_tickets_per_user": ratio(still_open, users),
            "tickets_per_user_3m": ratio(len(lately), users),
            "escalations_per_user_3m": ratio(sum(is_true(row.get("is_escalated")) for row in lately), users),
            "resolution_hours_3m": ratio(total(hours), len(hours)),
        }

    # What it pays

    def commercial(self, account: str, day: dt.date) -> Figures:
        month = month_of(day)
        mrr = self.revenue.closing(account, month)
        last_months = [
            self.revenue.account_months.get((account, add_months(month, -back))) for back in (2, 1, 0)
        ]
        kept = [paid for paid in last_months if paid]
        then = self.revenue.closing_state(account, add_months(month, -3))
        # At the rates of this close.
        base = self.revenue.value(local_mrr(then), month) if len(kept) == 3 else Fraction(0)
        moves = [
            movement
            for movement in self.revenue.movements
            if movement.account == account and day - 90 * DAY < movement.day <= day
        ]
        contraction = total(-movement.change for movement in moves if movement.type == "contraction")
        seats = [
            driver.change
            for movement in moves
            for driver in movement.drivers
            if driver.driver in ("seat_expansion", "seat_contraction")
        ]
        return {
            "mrr_change_3m_rate": ratio(mrr - base, base),
            "contraction_90d_rate": ratio(contraction, mrr + contraction),
            "seat_change_90d_rate": ratio(total(seats), mrr - total(min(one, Fraction(0)) for one in seats)),
        }

    def paid_for(self, account: str, day: dt.date) -> State:
        return tuple(version for version in self.revenue.state(account, day) if version.mrr)

    def worth(self, items: State, day: dt.date) -> Fraction:
        rates = self.revenue.month_rates(month_of(day))
        return total(amount * rates[currency] for currency, amount in local_mrr(items).items())

    @cached_property
    def late_days(self) -> set[tuple[str, dt.date]]:
        """Account and day on which a subscription fell past due, while it counted.

        Two subscriptions on one day are one; a version that goes on with a run is none more.
        """
        late = [
            version
            for version in self.revenue.versions
            if version.customer
            and version.status == "past_due"
            and version.mrr
            and (version.first_day < version.counts_to or version.first_day == version.end_day)
        ]
        return {
            (version.customer, version.first_day)
            for version in late
            if not any(
                (other.item, other.counts_to) == (version.item, version.first_day)
                for other in late
                if other.starts < version.starts
            )
        }

    def payment(self, account: str, day: dt.date) -> Figures:
        items = self.paid_for(account, day)
        mrr = self.worth(items, day)
        late = self.worth(tuple(version for version in items if version.status == "past_due"), day)
        listed = total(self.worth((version,), day) / (1 - version.discount) for version in items)
        mine = [on for one, on in self.late_days if one == account and on <= day and within(on, day, 12)]
        return {
            "past_due_share": ratio(late, mrr),
            "late_payments_12m": len(mine) if any(on <= day for _, on in self.late_days) else None,
            "average_discount_rate": 1 - mrr / listed,
        }

    # How long it is bound

    @cached_property
    def contracts(self) -> dict[str, Dated]:
        return self.dated("contracts", "started_at")

    @cached_property
    def cancellations(self) -> dict[str, Dated]:
        return self.dated("cancellations", "cancelled_at")

    def commitment(self, account: str, day: dt.date) -> Figures:
        running: list[tuple[int, str, int, Row, bool]] = []
        is_refused = False
        for started, row in self.contracts.get(account, []):
            due, decided = self.day(row["ends_at"]), self.day(row.get("decided_at"))
            if due and started <= day < due:
                is_known = decided is not None and decided <= day
                given = self.day(row.get("notice_given_at"))
                is_refused = is_refused or (is_known and row.get("outcome") == "churned")
                is_refused = is_refused or (given is not None and given <= day)
                is_renewed = is_known and row.get("outcome") == "renewed"
                term = (due - started).days
                left = (due - day).days + (term if is_renewed else 0)
                running.append((left, str(row["contract_id"]), term, row, is_renewed))
        first = min(running, key=lambda one: one[:2], default=None)
        notice_days, stage = None, None
        if first and not first[4]:
            row = first[3]
            deadline = self.notice_due(row)
            notice_days = (deadline - day).days if deadline and deadline >= day else None
            stage = row.get("renewal_stage") if self.known_on(row) <= day else None
        _, ends = self.paid_term(account, day)
        days = first[0] if first else (ends - day).days
        terms = (
            [(first[0], first[2], Fraction(1))]
            if first
            else [
                ((ends - day).days, (ends - begins).days, self.worth((version,), day))
                for version, begins, ends in self.paid_terms(account, day)
            ]
        )
        at_stake = [(90 if term <= 92 else term if left <= 90 else 0, mrr) for left, term, mrr in terms]
        left_on = [
            on
            for on, row in self.cancellations.get(account, [])
            if on <= day and within(on, day, 3) and self.knows(row, day)
        ]
        has_left = is_refused or any(on >= self.customer_since(account, day) for on in left_on)
        said = [on for rows in self.cancellations.values() for on, _ in rows if on <= day]
        scheduled = self.scheduled_end(account, day)
        ending = (scheduled - day).days if scheduled else None
        undecided = None if stage in AGREED else notice_days
        return {
            "days_to_term_end": days,
            "renewing_days_90d": ratio(
                total(mrr * days for days, mrr in at_stake), total(m for _, m in at_stake)
            ),
            "days_to_notice_deadline": notice_days,
            "days_to_undecided_notice": undecided,
            "has_notice_deadline": undecided is not None,
            "renewal_stage": stage,
            "notice_given": int(has_left) if has_left or first or said else None,
            "days_to_scheduled_end": ending,
            "has_scheduled_end": ending is not None,
            "is_leaving": has_left or (ending is not None and ending <= LEAVING_WITHIN),
        }

    def known_on(self, row: Row) -> dt.date:
        """When the source had the row; the as-of date where it does not say."""
        return self.day(row.get("recorded_at")) or self.inputs.as_of

    def notice_due(self, row: Row) -> dt.date | None:
        if row.get("notice_due_on"):
            return dt.date.fromisoformat(str(row["notice_due_on"]))
        due, days = self.day(row["ends_at"]), row.get("notice_period_days")
        return due - int(days) * DAY if due and days else None

    def paid_term(self, account: str, day: dt.date) -> tuple[dt.date, dt.date]:
        """The term of the item whose term ends first, of two the longer one."""
        ends, begins = min((ends, begins) for _, begins, ends in self.paid_terms(account, day))
        return begins, ends

    def paid_terms(self, account: str, day: dt.date) -> Iterator[tuple[Version, dt.date, dt.date]]:
        """Each item that is paid for, and the term that the day is in."""
        for version in self.paid_for(account, day):
            anchor, place = self.anchor(version), 1
            while term_end(anchor, version, place) <= day:
                place += 1
            yield version, term_end(anchor, version, place - 1), term_end(anchor, version, place)

    def anchor(self, version: Version) -> dt.date:
        """When the run of one billing interval began that the version is in."""
        for other in self.revenue.versions:
            if (
                other.item == version.item
                and other.mrr
                and other.first_day < other.counts_to == version.first_day
                and other.billing_interval == version.billing_interval
                and other.billing_interval_count == version.billing_interval_count
            ):
                return self.anchor(other)
        return version.first_day

    @cached_property
    def recorded_days(self) -> dict[tuple[str, dt.datetime], dt.date]:
        return {
            (str(row["subscription_item_id"]), instant(str(row["valid_from"]), self.inputs.timezone)):
            self.known_on(row)
            for row in self.inputs.subscription_items
        }  # fmt: skip

    def scheduled_end(self, account: str, day: dt.date) -> dt.date | None:
        """The last end of all that is paid for or known to begin; None where any has no end that is known."""
        ends = []
        for version in self.revenue.versions:
            known = self.recorded_days[version.item, version.starts]
            if (
                version.customer == account
                and version.mrr
                and version.first_day < version.counts_to
                and min(version.first_day, known) <= day < version.counts_to
            ):
                is_known = version.counts_to == version.end_day < dt.date.max and known <= day
                ends.append(version.counts_to if is_known else dt.date.max)
        last = max(ends)
        return last if last < dt.date.max else None

    # What it is about to buy, and what it came for

    @cached_property
    def opportunities(self) -> dict[str, Dated]:
        return self.dated("opportunities", "created_at")

    @cached_property
    def goals(self) -> dict[str, Dated]:
        return self.dated("customer_goals", "set_at")

    def success(self, account: str, day: dt.date) -> Figures:
        found = 0
        for begun, row in self.opportunities.get(account, []):
            closed = self.day(row.get("closed_at"))
            is_over = closed is not None and row["outcome"] != "open"
            is_closed = is_over and closed is not None and max(closed, begun) <= day
            found += begun <= day and within(begun, day, 12) and row["kind"] != "renewal" and not is_closed
        recorded = any(on <= day for rows in self.opportunities.values() for on, _ in rows)
        due, achieved = 0, 0
        for on, row in self.goals.get(account, []):
            due_on, achieved_on = self.day(row.get("due_at")), self.day(row.get("achieved_at"))
            is_achieved = achieved_on is not None and achieved_on <= day
            if on <= day and (is_achieved or (due_on is not None and due_on <= day)):
                due += 1
                achieved += is_achieved
        return {
            "open_opportunities": found if recorded else None,
            "goals_reached_rate": ratio(achieved, due),
        }


def term_end(anchor: dt.date, version: Version, terms: int) -> dt.date:
    """Some terms after the anchor, on the last day of a month that is too short."""
    count = terms * version.billing_interval_count
    if version.billing_interval in ("day", "week"):
        return anchor + count * DAYS_OF_INTERVAL[version.billing_interval] * DAY
    month = add_months(month_of(anchor), count * MONTHS_OF_INTERVAL[version.billing_interval])
    return month.replace(day=min(anchor.day, last_day(month).day))


def within(happened: dt.date, day: dt.date, months: int) -> bool:
    """In the month of `day` or those before it, `months` in all."""
    return add_months(month_of(day), 1 - months) <= month_of(happened) <= month_of(day)
