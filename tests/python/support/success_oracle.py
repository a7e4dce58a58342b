"""The marts of goals, touches, community, referrals and handovers, counted once more by plain loops.

As in `voice.figures`, what an account pays is read from facts that have an oracle of their own.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from .success_companies import CHANNELS, CSMS
from .voice_companies import Company, Row
from .voice_oracle import CUSTOMERS, Figures, Record, Table, later, month_of, months, quantile, ratio

KINDS = {
    "call": "individual",
    "referral": "individual",
    "webinar": "group",
    "email": "tech",
    "video_view": "tech",
    "community_post": "group",
    "community_question": "group",
    "community_answer": "group",
}
CONTENT = ("email", "webinar", "video_view")
PROMOTER_DAYS = 180
HALF = Fraction(1, 2)


def moment(time: str | None) -> dt.datetime:
    return dt.datetime.fromisoformat(str(time))


class SuccessFigures(Figures):
    """What the marts of customer success should say about a company, by the mart's key."""

    def __init__(self, company: Company, account_months: Iterable[Record], periods: Iterable[Record]) -> None:
        super().__init__(company, account_months)
        self.periods = [row for row in periods if row["is_counted"] and row["mrr_local"] > 0]
        self.activities = self.known("cs_activities", "occurred_at")

    def is_customer(self, account: str | None, month: dt.date) -> bool:
        row = self.account_months.get((account, month))
        return bool(row and row["is_closing_customer"])

    def customers(self) -> dict[tuple[Any, ...], int]:
        found: dict[tuple[Any, ...], int] = defaultdict(int)
        for account, month in self.account_months:
            if self.is_customer(account, month):
                for segment in self.segments(account, month):
                    found[month, *segment] += 1
        return found

    def closes_on(self, month: dt.date) -> dt.date:
        return min(later(month, 1) - dt.timedelta(1), self.as_of)

    def engagement(self) -> Table:
        touches: dict[tuple[Any, ...], list[tuple[str, bool, bool, bool]]] = defaultdict(list)
        for row, day, account in self.activities:
            month = month_of(day)
            is_two_way = KINDS[str(row["activity_type"])] != "tech" and row["response"] in (
                None,
                "attended",
                "completed",
            )
            touch = (
                str(account),
                row["initiated_by"] != "customer",
                is_two_way,
                self.is_customer(account, month),
            )
            for segment in self.segments(account, month):
                for kind in ("all", row["activity_type"]):
                    touches[month, kind, *segment].append(touch)
        customers = self.customers()
        found: Table = {}
        first = min(month for month, *_ in touches)
        for (month, *segment), number in customers.items():
            if month >= first:
                found[month, "all", *segment] = {"touches": 0, "coverage_rate": Fraction(0)}
                assert number
        for (month, kind, *segment), each in touches.items():
            number = customers[month, *segment]
            found[month, kind, *segment] = {
                "touches": len(each),
                "accounts_touched": len({account for account, *_ in each}),
                "coverage_rate": ratio(len({account for account, *_, paid in each if paid}), number),
                "proactive_coverage_rate": ratio(
                    len({account for account, ours, _, paid in each if paid and ours}), number
                ),
                "two_way_coverage_rate": ratio(
                    len({account for account, _, two_way, paid in each if paid and two_way}), number
                ),
                "proactive_touch_share": ratio(sum(ours for _, ours, *_ in each), len(each)),
            }
        return found

    def content(self) -> Table:
        rows: dict[tuple[Any, ...], list[tuple[Row, str | None]]] = defaultdict(list)
        for row, day, account in self.activities:
            if row["activity_type"] in CONTENT and row["content_id"]:
                rows[month_of(day), row["content_id"], row["activity_type"]].append((row, account))
        found: Table = {}
        for key, each in rows.items():
            sent = [row for row, _ in each if row["initiated_by"] != "customer"]
            told = [row for row in sent if row["response"]]
            seen = [
                row["response"] in ("opened", "attended", "completed")
                if row["response"]
                else row["initiated_by"] == "customer"
                for row, _ in each
            ]
            responses = [row["response"] for row, _ in each if row["response"]]
            minutes = [int(row["duration_minutes"]) for row, _ in each if row["duration_minutes"]]
            found[key] = {
                "sent": len(sent),
                "views": sum(seen),
                "minutes": sum(minutes) if minutes else None,
                "completed": responses.count("completed") if responses else None,
                "accounts": len({account for _, account in each}),
                "reaction_rate": ratio(sum(row["response"] != "sent" for row in told), len(told)),
            }
        return found

    def community(self) -> Table:
        rows: dict[tuple[Any, ...], list[tuple[Row, str | None]]] = defaultdict(list)
        for row, day, account in self.activities:
            if str(row["activity_type"]).startswith("community_"):
                for segment in self.segments(account, month_of(day)):
                    rows[month_of(day), *segment].append((row, account))
        answers = [
            (row, account)
            for row, _, account in self.activities
            if row["activity_type"] == "community_answer" and row["content_id"]
        ]

        def is_solved(question: Row, asker: str | None) -> bool:
            return any(
                answer["content_id"] == question["content_id"]
                and answer["initiated_by"] == "customer"
                and account != asker
                and moment(answer["occurred_at"]) >= moment(question["occurred_at"])
                for answer, account in answers
            )

        found: Table = {}
        for key, each in rows.items():
            questions = [
                (row, account) for row, account in each if row["activity_type"] == "community_question"
            ]
            solved = sum(is_solved(row, account) for row, account in questions)
            found[key] = {
                "active_members": len({row["user_id"] for row, _ in each if row["user_id"]}),
                "posts": sum(row["activity_type"] == "community_post" for row, _ in each),
                "questions": len(questions),
                "questions_answered_by_peers": solved,
                "peer_solve_rate": ratio(solved, len(questions)),
            }
        return found

    def fees(self, account: str, first: dt.date, last: dt.date) -> Fraction:
        """What an account pays from a day to the day before another, in its one currency, USD."""
        paid = Fraction(0)
        for number in range((last - first).days):
            day = first + dt.timedelta(number)
            paid += sum(
                Fraction(row["mrr_local"])
                for row in self.periods
                if row["account_id"] == account
                and row["started_on"] <= day
                and (row["ended_on"] is None or day < row["ended_on"])
            )
        return Fraction(round(paid * 12 / 365 * 10_000 + Fraction(1, 10**9)), 10_000)

    def success(self) -> Table:
        found: dict[tuple[Any, ...], Record] = defaultdict(lambda: defaultdict(int))
        with_goal: dict[tuple[Any, ...], set[str]] = defaultdict(set)
        roi: dict[tuple[Any, ...], list[tuple[Fraction, Fraction]]] = defaultdict(list)
        achieved: set[tuple[Any, ...]] = set()
        for row, set_on, account in self.known("customer_goals", "set_at"):
            assert account is not None
            due_on, achieved_on = self.day(row["due_at"]), self.known_day(row["achieved_at"])
            reached_in = month_of(max(achieved_on, set_on)) if achieved_on else None
            for month in months(month_of(set_on), reached_in or self.month):
                for segment in self.segments(account, month):
                    if self.is_customer(account, month):
                        with_goal[month, *segment].add(account)
                    found[month, *segment]["goals_open"] += month != reached_in
            if due_on and due_on <= self.as_of:
                month = max(month_of(due_on), month_of(set_on))
                for segment in self.segments(account, month):
                    found[month, *segment]["goals_due"] += 1
                    found[month, *segment]["goals_achieved"] += bool(achieved_on and achieved_on <= due_on)
            if reached_in and achieved_on:
                value = self.money(row["value_amount"], row["currency"], month_of(achieved_on))
                cost = (
                    self.money(row["cost_amount"], row["currency"], month_of(achieved_on))
                    if row["cost_amount"] is not None
                    else self.fees(account, set_on, achieved_on)
                )
                for segment in self.segments(account, reached_in):
                    achieved.add((reached_in, *segment))
                if value is not None and cost is not None:
                    for segment in self.segments(account, reached_in):
                        roi[reached_in, *segment].append((value, cost))
        rows: Table = {}
        for key in {*found, *with_goal, *roi}:
            n = found[key]
            values, costs = sum(each[0] for each in roi[key]), sum(each[1] for each in roi[key])
            rows[key] = {
                "accounts_with_goal": len(with_goal[key]),
                **{name: n[name] for name in ("goals_open", "goals_due", "goals_achieved")},
                "goal_achievement_rate": ratio(n["goals_achieved"], n["goals_due"]),
                "customer_value": None if key in achieved and not roi[key] else values,
                "customer_cost": None if key in achieved and not roi[key] else costs,
                "customer_roi": ratio(values - costs, costs) if roi[key] else None,
            }
        return rows

    def latest_answer(self, account: str, day: dt.date) -> Row | None:
        answers = [
            (moment(row["responded_at"]), str(row["response_id"]), row)
            for row, answered_on, customer in self.known("survey_responses", "responded_at")
            if row["survey_kind"] == "nps"
            and customer == account
            and day - dt.timedelta(PROMOTER_DAYS) <= answered_on <= day
        ]
        return max(answers, key=lambda answer: answer[:2])[2] if answers else None

    def referrals(self, first_mrr: dict[str, dt.date | None]) -> Table:
        found: dict[tuple[Any, ...], Record] = defaultdict(lambda: defaultdict(int))

        def count(account: str, month: dt.date, what: str) -> None:
            for segment in self.segments(account, month):
                found[month, *segment][what] += 1

        for account, month in self.account_months:
            if self.is_customer(account, month):
                answer = self.latest_answer(account, self.closes_on(month))
                if answer and int(str(answer["score"])) >= 9:
                    count(account, month, "candidates")
        offers = {
            (account, month_of(day))
            for row, day, account in self.activities
            if row["activity_type"] == "referral"
        }
        for account, month in offers:
            count(str(account), month, "offered")
        firsts: dict[str, tuple[dt.date, str]] = {}
        for row in self.company.tables["accounts"]:
            referred = CUSTOMERS.get(str(row["account_id"]))
            referrer = CUSTOMERS.get(str(row["referred_by_account_id"]))
            days = [self.day(row["created_at"]), first_mrr.get(referred or "")]
            known = min((day for day in days if day), default=None)
            if referred and referrer and referred != referrer and known and known <= self.as_of:
                firsts[referred] = min((known, referrer), firsts.get(referred, (known, referrer)))
        for referred, (day, referrer) in firsts.items():
            count(referrer, month_of(day), "referred")
            converted = first_mrr.get(referred)
            if converted:
                count(referrer, month_of(converted), "converted")
        names = ("candidates", "offered", "referred", "converted")
        return {key: {name: n[name] for name in names} for key, n in found.items()}

    def handovers(self) -> Table:
        rows: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row, day, _ in self.known("leads", "created_at"):
            customer = CUSTOMERS[str(row["account_id"])] if row["account_id"] else ""
            for channel in ("all", row["channel"] or CHANNELS.get(customer) or "unknown"):
                rows[month_of(day), channel].append(row)
        return {
            key: {
                **self.handover(each),
                "lead_win_rate": self.win_rate([lead for lead in each if key[1] == "all" or lead["channel"]]),
            }
            for key, each in rows.items()
        }

    def win_rate(self, leads: list[Row]) -> Fraction | None:
        return (
            Fraction(sum(bool(self.known_day(lead["won_at"])) for lead in leads), len(leads))
            if leads
            else None
        )

    def handover(self, leads: list[Row]) -> Record:
        waits = []
        for lead in leads:
            begins = [
                moment(row["occurred_at"])
                for row, _, account in self.activities
                if self.known_day(lead["handed_over_at"])
                and account == CUSTOMERS.get(str(lead["account_id"]), "")
                and row["initiated_by"] != "customer"
                and KINDS[str(row["activity_type"])] != "tech"
                and moment(row["occurred_at"]) >= moment(lead["handed_over_at"])
            ]
            if begins:
                waited = min(begins) - moment(lead["handed_over_at"])
                waits.append(Fraction(int(waited.total_seconds()), 86_400))
        steps = {
            "qualified": "qualified_at",
            "opportunities": "opportunity_at",
            "won": "won_at",
            "handed_over": "handed_over_at",
        }
        counts = {
            name: sum(bool(self.known_day(lead[time])) for lead in leads) for name, time in steps.items()
        }
        return {"leads": len(leads), **counts, "median_days_to_first_cs_touch": quantile(waits, HALF)}

    def managers(self) -> Table:
        portfolios: dict[tuple[Any, ...], list[str]] = defaultdict(list)
        touches: dict[tuple[Any, ...], int] = defaultdict(int)
        touched: dict[dt.date, set[str]] = defaultdict(set)
        answers: dict[tuple[Any, ...], list[bool]] = defaultdict(list)
        for account, month in self.account_months:
            if self.is_customer(account, month):
                portfolios[month, CSMS[account] or "unknown"].append(account)
        for row, day, account in self.activities:
            touched[month_of(day)].add(str(account))
            if row["csm_id"]:
                touches[month_of(day), row["csm_id"]] += 1
        for row, day, account in self.known("survey_responses", "responded_at"):
            if row["survey_kind"] == "csat" and account:
                answers[month_of(day), CSMS[account] or "unknown"].append(int(str(row["score"])) >= 4)
        found: Table = {}
        for key in {*portfolios, *touches}:
            month, accounts = key[0], portfolios[key]
            paid = [Fraction(self.account_months[account, month]["closing_mrr"]) for account in accounts]
            found[key] = {
                "accounts": len(accounts),
                "mrr": sum(paid, Fraction(0)),
                "touches": touches[key] if month >= min(each[0] for each in touches) else None,
                "coverage_rate": ratio(len(touched[month].intersection(accounts)), len(accounts))
                if month >= min(touched)
                else None,
                "csat_rate": ratio(sum(answers[key]), len(answers[key])),
            }
        return found
