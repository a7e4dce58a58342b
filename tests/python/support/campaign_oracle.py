"""Treated and control accounts of campaigns, and their outcomes: one plain loop per question."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from .success_companies import CSMS
from .success_oracle import SuccessFigures, moment
from .voice_oracle import Record, Table

Read = Callable[[str], list[Record]]

DAYS = {
    "onboarding_completed": 60,
    "active_after_28d": 28,
    "upsell": 90,
    "cross_sell": 90,
    "retained_90d": 90,
    "retained_180d": 180,
}
TENURE = {"000-029": 0, "030-089": 30, "090-179": 90, "180-364": 180, "365+": 365}
ACTIVITY = {"00": 0, "01-04": 1, "05-11": 5, "12+": 12}
KINDS = ("is_customer", "csm", "contract", "products")
MIN_SHARE = 0.05


def band(bands: dict[str, int], value: int) -> str:
    return max((first, name) for name, first in bands.items() if value >= first)[1]


class Campaigns:
    """The strata of every campaign, from raw rows and from facts that have an oracle of their own."""

    def __init__(self, figures: SuccessFigures, read: Read) -> None:
        self.figures = figures
        self.accounts = {row["account_id"]: row for row in read("dim_accounts")}
        self.movements = sorted(read("fct_mrr_movements"), key=lambda row: row["movement_date"])
        self.drivers = read("fct_mrr_movement_drivers")
        self.onboarding = {row["account_id"]: row for row in read("fct_onboarding_accounts")}
        self.used = {(account, day) for _, day, account in figures.known("product_events", "occurred_at")}
        self.first_use = min(day for _, day in self.used)

    def treated(self, campaign: str) -> dict[str, dt.date]:
        found: dict[str, dt.date] = {}
        for row, day, account in self.figures.activities:
            if row["campaign_id"] == campaign:
                found[str(account)] = min(day, found.get(str(account), day))
        return found

    def followed(self, campaign: str) -> Iterable[tuple[str, dt.date, bool]]:
        """Every account with its day, and whether it was treated."""
        treated = self.treated(campaign)
        days = [day for day, _ in sorted((day, account) for account, day in treated.items())]
        yield from ((account, day, True) for account, day in treated.items())
        others = [account for account in sorted(self.accounts) if account not in treated]
        for number, account in enumerate(others if days else []):
            yield account, days[number % len(days)], False

    def standing(self, account: str, day: dt.date) -> Record | None:
        """How an account stood on a day; None where it was not there, or had left."""
        known = self.accounts[account]
        created = known["created_at"] and self.figures.day(known["created_at"].isoformat())
        begun = min((day for day in (created, known["first_mrr_date"]) if day), default=None)
        past = [row for row in self.movements if row["account_id"] == account and row["movement_date"] <= day]
        if begun is None or begun > day or (past and past[-1]["mrr_after"] == 0):
            return None
        before = [day - dt.timedelta(number) for number in range(1, 29)]
        active = sum((account, each) in self.used for each in before)
        contracts = [
            row
            for row, _, customer in self.figures.known("contracts", "started_at")
            if customer == account
            and moment(row["started_at"]).date() <= day < (self.figures.day(row["ends_at"]) or day)
        ]
        products = {
            row["product_id"]
            for row in self.figures.periods
            if row["account_id"] == account
            and row["started_on"] <= day
            and (row["ended_on"] is None or day < row["ended_on"])
        }
        return {
            "tenure_band": band(TENURE, (day - begun).days),
            "activity_band": band(ACTIVITY, active) if min(before) >= self.first_use else "unknown",
            "is_customer": bool(past),
            "csm": CSMS[account] is not None,
            "contract": bool(contracts),
            "products": len(products) > 1,
        }

    def is_reached(self, outcome: str, account: str, day: dt.date, is_customer: bool) -> bool | None:
        """None where it cannot be told, or where the account could not reach it."""
        last = day + dt.timedelta(DAYS[outcome])
        if last > self.figures.as_of:
            return None
        if outcome == "active_after_28d":
            return any((account, last - dt.timedelta(number)) in self.used for number in range(7))
        if outcome == "onboarding_completed":
            return self.is_onboarded(account, day, last)
        if not is_customer:
            return None
        is_growth = outcome in ("upsell", "cross_sell")
        happened = [
            row["movement_date"]
            for row in (self.drivers if is_growth else self.movements)
            if row["account_id"] == account
            and (row[f"is_{outcome}"] if is_growth else row["movement_type"] == "churn")
        ]
        return any(day < each <= last for each in happened) == is_growth

    def is_onboarded(self, account: str, day: dt.date, last: dt.date) -> bool | None:
        known = self.onboarding.get(account)
        if known is None or known["is_completed"] is None:
            return None
        offered = self.figures.day(known["offered_at"].isoformat())
        completed = known["completed_at"] and self.figures.day(known["completed_at"].isoformat())
        if offered is None or offered > day or (completed and completed <= day):
            return None
        return bool(completed and completed <= last)

    def strata(self) -> Table:
        found: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for campaign in ("k0", "k1"):
            stood = [
                (account, day, is_treated, standing)
                for account, day, is_treated in self.followed(campaign)
                if (standing := self.standing(account, day))
            ]
            treated = [standing for _, _, is_treated, standing in stood if is_treated]
            for account, day, is_treated, standing in stood:
                if not treated or not all(
                    sum(each[kind] == standing[kind] for each in treated) >= MIN_SHARE * len(treated)
                    for kind in KINDS
                ):
                    continue
                for outcome in DAYS:
                    reached = self.is_reached(outcome, account, day, standing["is_customer"])
                    if reached is not None:
                        status = "customer" if standing["is_customer"] else "prospect"
                        bands = standing["tenure_band"], standing["activity_band"]
                        counts = found[campaign, outcome, *bands, status]
                        side = "treated" if is_treated else "control"
                        counts[f"{side}_accounts"] += 1
                        counts[f"{side}_reached"] += reached
                        for kind in KINDS[1:]:
                            counts[f"{side}_with_{kind}"] += standing[kind]
        names = ["accounts", "reached", *(f"with_{kind}" for kind in KINDS[1:])]
        sides = [f"{side}_{name}" for side in ("treated", "control") for name in names]
        return {key: {name: counts[name] for name in sides} for key, counts in found.items()}
