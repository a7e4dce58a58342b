"""The marts of voice and service, counted once more: one plain loop per figure, over the raw rows.

Which plan an account has in a month, and its MRR, are read from fct_account_months, which has an oracle of
its own. Numbers are ints and Fractions; a figure of nothing is None.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from .voice_companies import Company, Row

Record = dict[str, Any]
Table = dict[tuple[Any, ...], Record]
Segment = tuple[str, str]
Events = dict[tuple[Any, ...], list[tuple[str, Any]]]

CUSTOMERS = {"a5": "a1"} | {f"a{number}": f"a{number}" for number in range(5)}
COUNTRIES = {"a0": "JP", "a1": "JP", "a2": "US", "a4": "US"}
CONTROLLABLE = {"low_usage": True, "poor_support": True}


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def later(month: dt.date, months: int) -> dt.date:
    number = month.year * 12 + month.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def months(first: dt.date, last: dt.date) -> list[dt.date]:
    found = []
    while first <= last:
        found.append(first)
        first = later(first, 1)
    return found


def ratio(part: Fraction | int | None, whole: Fraction | int | None) -> Fraction | None:
    return Fraction(part) / whole if part is not None and whole else None


def quantile(numbers: Sequence[Fraction], share: Fraction) -> Fraction | None:
    if not numbers:
        return None
    ordered = sorted(numbers)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def total(numbers: Iterable[Fraction | None]) -> Fraction | None:
    """None where no value is known."""
    known = [number for number in numbers if number is not None]
    return sum(known, Fraction(0)) if known else None


def values(events: Iterable[tuple[str, Any]], what: str) -> list[Any]:
    return [value for name, value in events if name == what]


def support_figures(events: Sequence[tuple[str, Any]], has_replies: bool) -> Record:
    half = Fraction(1, 2)
    return {
        "tickets_resolved": len(values(events, "resolution")),
        "open_at_close": len(values(events, "open")),
        "replies": sum(values(events, "replies")) if has_replies else None,
        "customers_served": len(set(values(events, "customer"))),
        "median_first_response_minutes": ratio(quantile(values(events, "response seconds"), half), 60),
        "median_resolution_hours": ratio(quantile(values(events, "resolution seconds"), half), 3600),
    }


class Figures:
    """What every mart should say about a company, by the mart's key."""

    def __init__(self, company: Company, account_months: Iterable[Record]) -> None:
        self.company = company
        self.as_of = company.as_of
        self.month = month_of(company.as_of)
        self.account_months = {(row["account_id"], row["month_start"]): row for row in account_months}

    def day(self, time: str | None) -> dt.date | None:
        """The local day of a UTC time; None where it is not known yet."""
        if time is None:
            return None
        utc = dt.datetime.fromisoformat(time).replace(tzinfo=dt.UTC)
        return utc.astimezone(ZoneInfo(self.company.timezone)).date()

    def known_day(self, time: str | None) -> dt.date | None:
        day = self.day(time)
        return day if day and day <= self.as_of else None

    def known(self, table: str, time: str) -> list[tuple[Row, dt.date, str | None]]:
        """Rows known by the as-of date, with their day and customer; none of test accounts."""
        found = []
        for row in self.company.tables[table]:
            day, account = self.known_day(row[time]), row["account_id"]
            if day and (account is None or account in CUSTOMERS):
                found.append((row, day, CUSTOMERS[account] if account else None))
        return found

    def segments(self, account: str | None, month: dt.date) -> list[Segment]:
        row = self.account_months.get((account, month))
        plan = row["plan_id"] if row else "unknown"
        return [("all", "all"), ("country", COUNTRIES.get(account or "", "unknown")), ("plan", plan)]

    def rate(self, currency: str | None, day: dt.date) -> Fraction | None:
        if currency in (None, "USD"):
            return Fraction(1)
        rates = [
            (row["rate_date"], row["rate_to_reporting"])
            for row in self.company.tables["fx_rates"]
            if row["currency"] == currency and str(row["rate_date"]) <= day.isoformat()
        ]
        return Fraction(str(max(rates)[1])) if rates else None

    def money(self, amount: str | None, currency: str | None, month: dt.date) -> Fraction | None:
        close = min(later(month, 1) - dt.timedelta(1), self.as_of)
        rate = self.rate(currency, close)
        return Fraction(amount) * rate if amount is not None and rate is not None else None

    def nps(self) -> Table:
        known = self.known("survey_responses", "responded_at")
        answers = [each for each in known if each[0]["survey_kind"] == "nps"]
        found: Table = defaultdict(lambda: defaultdict(int))
        for month in months(dt.date(2023, 9, 1), self.month):
            latest: dict[Any, tuple[Row, dt.date, str | None]] = {}
            for answer in sorted(answers, key=lambda each: (each[0]["responded_at"], each[0]["response_id"])):
                if later(month, -2) <= month_of(answer[1]) <= month:
                    latest[answer[0]["user_id"] or (answer[0]["response_id"],)] = answer
            for row, day, account in latest.values():
                score = int(str(row["score"]))
                kind = "promoters" if score >= 9 else "detractors" if score <= 6 else "passives"
                for segment in self.segments(account, month_of(day)):
                    for window in ["", "_3m"] if month_of(day) == month else ["_3m"]:
                        found[month, *segment][f"{kind}{window}"] += 1
                        found[month, *segment][f"responses{window}"] += 1
        names = ("responses", "promoters", "passives", "detractors", "responses_3m")
        return {
            key: {
                **{name: n[name] for name in names},
                "nps": ratio(100 * (n["promoters"] - n["detractors"]), n["responses"]),
                "nps_3m": ratio(100 * (n["promoters_3m"] - n["detractors_3m"]), n["responses_3m"]),
            }
            for key, n in found.items()
        }

    def csat(self) -> Table:
        scores: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for row, day, account in self.known("survey_responses", "responded_at"):
            if row["survey_kind"] == "csat":
                for subject in {"all", row["subject"] or "service"}:
                    for segment in self.segments(account, month_of(day)):
                        scores[month_of(day), subject, *segment].append(int(str(row["score"])))
        return {
            key: {
                "responses": len(each),
                "satisfied": sum(score >= 4 for score in each),
                "dissatisfied": sum(score <= 2 for score in each),
                "csat_rate": ratio(sum(score >= 4 for score in each), len(each)),
                "average_score": ratio(sum(each), len(each)),
            }
            for key, each in scores.items()
        }

    def reviews(self) -> Table:
        ratings: dict[tuple[Any, ...], list[Fraction | None]] = defaultdict(list)
        for row, day, _ in self.known("reviews", "posted_at"):
            ratings[month_of(day), row["site"]].append(Fraction(row["rating"]) if row["rating"] else None)
        return {
            key: {
                "reviews": len(each),
                "positive_reviews": sum(stars is not None and stars >= 4 for stars in each),
                "negative_reviews": sum(stars is not None and stars <= 2 for stars in each),
                "average_rating": ratio(total(each), sum(stars is not None for stars in each)),
            }
            for key, each in ratings.items()
        }

    def churn_reasons(self, churned_on: dict[tuple[str, dt.date], dt.date]) -> Table:
        """`churned_on`: the day of each churn of a month."""
        stated = self.known("cancellations", "cancelled_at")
        told: dict[tuple[Any, ...], list[tuple[str | None, bool]]] = defaultdict(list)
        left: dict[tuple[Any, ...], list[tuple[str, Fraction]]] = defaultdict(list)
        for row, day, account in stated:
            paid = self.account_months.get((account, month_of(day)))
            pays = bool(paid and paid["closing_mrr"] > 0)
            told[month_of(day), row["reason_code"] or "not_stated"].append((account, pays))
        for (account, month), paid in self.account_months.items():
            if paid["is_churned"]:
                left_on = churned_on[account, month]
                near = [
                    (
                        abs((day - left_on).days),
                        row["cancelled_at"],
                        row["cancellation_id"],
                        row["reason_code"],
                    )
                    for row, day, who in stated
                    if who == account and row["reason_code"]
                ]
                nearest = min(near, default=(91,))
                reason = nearest[-1] if nearest[0] <= 90 else "not_stated"
                left[month, reason].append((account, Fraction(paid["churned_mrr"])))
        return {
            key: {
                "cancellations": len(told[key]),
                "accounts": len({each[0] for each in told[key] + left[key]}),
                "churned_accounts": len(left[key]),
                "still_paying_accounts": len({account for account, pays in told[key] if pays}),
                "mrr_lost": sum((mrr for _, mrr in left[key]), Fraction(0)),
                "is_cs_controllable": CONTROLLABLE.get(key[1], False),
            }
            for key in {*told, *left}
        }

    def feature_requests(self) -> Table:
        reactions = self.known("feature_request_reactions", "reacted_at")
        found: Table = {}
        for row, day, account in self.known("feature_requests", "created_at"):
            mine = [each for each in reactions if each[0]["request_id"] == row["request_id"]]
            behind = {account, *(each[2] for each in mine)} - {None}
            shipped = self.known_day(row["shipped_at"])
            is_early = row["status"] == "shipped" and row["shipped_at"] and not shipped
            paid = [self.account_months.get((each, self.month)) for each in behind]
            found[(row["request_id"],)] = {
                "status": "open" if is_early else row["status"],
                "votes": sum(each[0]["reaction"] == "vote" for each in mine),
                "comments": sum(each[0]["reaction"] == "comment" for each in mine),
                "accounts": len(behind),
                "mrr_behind": sum((Fraction(each["closing_mrr"]) for each in paid if each), Fraction(0)),
                "age_days": ((shipped or self.as_of) - day).days,
                "days_to_ship": (shipped - day).days if shipped else None,
                "priority_rank": None,
            }
        waiting = [key for key, each in found.items() if each["status"] not in ("shipped", "declined")]
        names = ("mrr_behind", "accounts", "votes", "age_days")
        waiting.sort(key=lambda key: (*(-found[key][name] for name in names), key))
        for place, key in enumerate(waiting, 1):
            found[key]["priority_rank"] = place
        return found

    def support_events(self) -> tuple[Events, Events]:
        """What happened in each month, by segment and by agent: (what, value)."""
        by_segment: Events = defaultdict(list)
        by_agent: Events = defaultdict(list)
        for row, day, account in self.known("support_tickets", "opened_at"):
            agent = row["agent_id"] or "unknown"
            for month, what, value in self.ticket_events(row, day, account):
                by_agent[month, agent].append((what, value))
                for segment in self.segments(account, month):
                    by_segment[month, *segment].append((what, value))
            for answer, answered_on, _ in self.known("survey_responses", "responded_at"):
                if answer["survey_kind"] == "csat" and answer["ticket_id"] == row["ticket_id"]:
                    is_satisfied = int(str(answer["score"])) >= 4
                    by_agent[month_of(answered_on), agent].append(("csat", is_satisfied))
        for row, day, account in self.known("cs_activities", "occurred_at"):
            if row["activity_type"] == "help_view":
                for segment in self.segments(account, month_of(day)):
                    by_segment[month_of(day), *segment].append(("help", 1))
        return by_segment, by_agent

    def ticket_events(self, row: Row, day: dt.date, account: str | None) -> list[tuple[dt.date, str, Any]]:
        """Month, what happened to a ticket in it, and a value."""
        opened = dt.datetime.fromisoformat(str(row["opened_at"]))
        found: list[tuple[dt.date, str, Any]] = [
            (month_of(day), "opened", 1),
            (month_of(day), "customer", account),
            (month_of(day), "replies", int(row["replies"] or 0)),
        ]
        if row["is_escalated"] == "true":
            found.append((month_of(day), "escalated", 1))
        for what, column in (("response", "first_responded_at"), ("resolution", "resolved_at")):
            step = self.known_day(row[column])
            if step:
                month = month_of(max(step, day))
                lasted = dt.datetime.fromisoformat(str(row[column])) - opened
                found.append((month, what, 1))
                if lasted >= dt.timedelta(0):
                    found.append((month, f"{what} seconds", Fraction(int(lasted.total_seconds()))))
        resolved = self.known_day(row["resolved_at"])
        gone = month_of(max(resolved, day)) if resolved else later(self.month, 1)
        return found + [(month, "open", 1) for month in months(month_of(day), later(gone, -1))]

    def support(self) -> tuple[Table, Table]:
        """By month and segment, and by month and agent."""
        customers: dict[tuple[Any, ...], int] = defaultdict(int)
        for (account, month), paid in self.account_months.items():
            for segment in self.segments(account, month):
                customers[month, *segment] += paid["is_closing_customer"]
        tickets = self.known("support_tickets", "opened_at")
        has_replies = any(row["replies"] is not None for row, _, _ in tickets)
        segment_events, agent_events = self.support_events()
        by_segment: Table = {}
        for key, events in segment_events.items():
            seconds = values(events, "response seconds"), values(events, "resolution seconds")
            by_segment[key] = support_figures(events, has_replies) | {
                "tickets_opened": len(values(events, "opened")),
                "escalated": len(values(events, "escalated")),
                "help_views": len(values(events, "help")),
                "p90_first_response_minutes": ratio(quantile(seconds[0], Fraction(9, 10)), 60),
                "p90_resolution_hours": ratio(quantile(seconds[1], Fraction(9, 10)), 3600),
                "tickets_per_100_customers": ratio(100 * len(values(events, "opened")), customers[key]),
            }
        by_agent: Table = {}
        for key, events in agent_events.items():
            answers = values(events, "csat")
            by_agent[key] = support_figures(events, has_replies) | {
                "tickets_handled": len(values(events, "opened")),
                "csat_responses": len(answers),
                "csat_rate": ratio(sum(answers), len(answers)),
            }
        return by_segment, by_agent

    def renewals(self) -> Table:
        found: dict[tuple[Any, ...], list[tuple[str, Fraction | None, Fraction | None]]] = defaultdict(list)
        for row, _, account in self.known("contracts", "started_at"):
            due = self.day(row["ends_at"])
            assert due is not None
            month = month_of(due)
            is_known = (self.day(row["decided_at"]) or due) <= self.as_of
            outcome = str(row["outcome"]) if is_known else "open"
            valued = min(month, self.month)
            mrr = self.money(row["mrr"], row["currency"], valued)
            renewed = self.money(row["renewed_mrr"] or row["mrr"], row["currency"], valued)
            if month <= later(self.month, 12):
                for segment in self.segments(account, valued):
                    found[month, *segment].append((outcome, mrr, renewed))
        rows: Table = {}
        for key, each in found.items():

            def count(outcome: str, each: Any = each) -> int:
                return sum(state == outcome for state, _, _ in each)

            due_mrr = total(mrr for _, mrr, _ in each)
            renewed_mrr = total(renewed for state, _, renewed in each if state == "renewed") or 0
            kept = [
                min(mrr, renewed)
                for state, mrr, renewed in each
                if state == "renewed" and mrr and renewed is not None
            ]
            is_decided = not count("open")
            rows[key] = {
                "contracts_due": len(each),
                "contracts_renewed": count("renewed"),
                "contracts_churned": count("churned"),
                "contracts_open": count("open"),
                "renewal_rate": ratio(count("renewed"), len(each)) if is_decided else None,
                "decided_renewal_rate": ratio(count("renewed"), count("renewed") + count("churned")),
                "mrr_due": due_mrr,
                "mrr_open": due_mrr and (total(mrr for state, mrr, _ in each if state == "open") or 0),
                "mrr_renewal_rate": ratio(renewed_mrr, due_mrr) if is_decided else None,
                "gross_mrr_renewal_rate": ratio(total(kept) or 0, due_mrr) if is_decided else None,
            }
        return rows

    def csqls(self) -> Table:
        found: Table = defaultdict(lambda: defaultdict(Fraction))
        for row, day, account in self.known("opportunities", "created_at"):
            if row["kind"] == "renewal" or row["source"] != "customer_success":
                continue
            accepted, closed = self.known_day(row["accepted_at"]), self.known_day(row["closed_at"])
            is_closed = row["outcome"] != "open" and (row["closed_at"] is None or closed is not None)
            accepted = max(accepted, day) if accepted else None
            closed = max(closed or accepted or day, day) if is_closed else None
            steps = [(month_of(day), "csqls_created")]
            steps += [(month_of(accepted), "csqls_accepted")] if accepted else []
            steps += [(month_of(closed), f"csqls_{row['outcome']}")] if closed else []
            gone = month_of(closed) if closed else later(self.month, 1)
            steps += [(month, "csqls_open") for month in months(month_of(day), later(gone, -1))]
            for month, step in steps:
                for segment in self.segments(account, month):
                    found[month, *segment][step] += 1
                    mrr = self.money(row["mrr"], row["currency"], month) or 0
                    if step in ("csqls_open", "csqls_won"):
                        name = "pipeline_mrr" if step == "csqls_open" else "won_mrr"
                        found[month, *segment][name] += mrr
        names = ("created", "accepted", "won", "lost", "open")
        return {
            key: {
                **{f"csqls_{name}": int(n[f"csqls_{name}"]) for name in names},
                "pipeline_mrr": n["pipeline_mrr"],
                "won_mrr": n["won_mrr"],
                "win_rate": ratio(n["csqls_won"], n["csqls_won"] + n["csqls_lost"]),
            }
            for key, n in found.items()
        }
