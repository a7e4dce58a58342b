"""Revenue and customer KPIs counted day by day in exact fractions: slow, plain, and independent of the SQL.

Written from the metric definitions alone. Money is a Fraction, rounded to four decimals where they say so;
rates are Fractions; NULL is None. Amounts are in the reporting currency unless a name says `local`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

Row = Mapping[str, str | None]
Figures = dict[str, object]
Table = dict[tuple[object, ...], Figures]

ZERO = Fraction(0)
BILLING_PERIODS_PER_MONTH = {
    "month": Fraction(1),
    "quarter": Fraction(1, 3),
    "year": Fraction(1, 12),
    "week": Fraction(52, 12),
    "day": Fraction(365, 12),
}


@dataclass(frozen=True)
class Inputs:
    """Raw rows as text (None or "" = NULL), and the settings that decide figures."""

    accounts: Sequence[Row]
    plans: Sequence[Row]
    subscription_items: Sequence[Row]
    fx_rates: Sequence[Row]
    as_of: dt.date
    reporting_currency: str = "USD"
    timezone: str = "UTC"
    past_due_grace_days: int = 30
    paused_mrr_policy: str = "exclude"
    customer_level: str = "account"
    gross_margin_rate: Fraction = Fraction(1)


@dataclass(frozen=True)
class Version:
    """One version of a subscription item, after overlap repair.

    It counts, with its `mrr`, on the days from `first_day` to the day before `counts_to`.
    """

    item: str
    customer: str
    plan: str
    product: str
    is_addon: bool
    tier_rank: int | None
    quantity: Fraction
    price_per_month: Fraction
    billing_interval: str
    billing_interval_count: int
    discount: Fraction
    currency: str
    status: str
    starts: dt.datetime
    ends: dt.datetime | None
    first_day: dt.date
    end_day: dt.date
    counts_to: dt.date

    @property
    def mrr(self) -> Fraction:
        return rounded(self.quantity * self.price_per_month * (1 - self.discount))


State = tuple[Version, ...]  # the items that count for a customer at the end of a day, free ones too
Local = dict[str, Fraction]  # MRR by currency


@dataclass(frozen=True)
class Driver:
    product: str
    driver: str
    change: Fraction  # exact, not rounded
    is_upsell: bool
    is_cross_sell: bool


@dataclass(frozen=True)
class Movement:
    account: str
    day: dt.date
    type: str
    before: Fraction
    after: Fraction
    days_lapsed: int | None
    is_pause: bool
    is_free_period: bool
    is_involuntary: bool
    drivers: tuple[Driver, ...]

    @property
    def change(self) -> Fraction:
        return self.after - self.before


@dataclass(frozen=True)
class AccountMonth:
    """One account in one month: `opening` as closed, `opening_now` the same at this month's rate."""

    account: str
    month: dt.date
    opening: Fraction
    opening_now: Fraction
    closing: Fraction
    cohort: dt.date
    new_parts: Fraction  # closing MRR in products and add-on plans that the account had none of at opening
    has_plan_upgrade: bool
    has_seat_or_plan: bool  # a higher plan, more seats or a subscription more in the month
    is_involuntary: bool  # the last movement of the month was a churn for lack of payment

    @property
    def fx_impact(self) -> Fraction:
        return self.opening_now - self.opening

    @property
    def is_new(self) -> bool:
        return not self.opening and self.closing > 0 and self.cohort == self.month

    @property
    def is_reactivated(self) -> bool:
        return not self.opening and self.closing > 0 and self.cohort < self.month

    @property
    def is_churned(self) -> bool:
        return self.opening > 0 and not self.closing

    @property
    def new(self) -> Fraction:
        return self.closing if self.is_new else ZERO

    @property
    def reactivated(self) -> Fraction:
        return self.closing if self.is_reactivated else ZERO

    @property
    def churned(self) -> Fraction:
        return self.opening_now if self.is_churned else ZERO

    @property
    def expansion(self) -> Fraction:
        return max(self.closing - self.opening_now, ZERO) if self.opening else ZERO

    @property
    def contraction(self) -> Fraction:
        return max(self.opening_now - self.closing, ZERO) if self.closing else ZERO

    @property
    def cross_sell(self) -> Fraction:
        return min(self.expansion, self.new_parts)

    @property
    def upsell(self) -> Fraction:
        return self.expansion - self.cross_sell


Segment = Callable[[AccountMonth], str]

MORE = ("plan_upgrade", "seat_expansion", "subscription_added")
PRODUCT_FLOWS = (
    "opening", "new_customer", "cross_sell", "expansion", "plan_switched_in", "contraction", "removed",
    "plan_switched_out", "churned", "fx_impact", "closing",
)  # fmt: skip


def everything(_: AccountMonth) -> str:
    return "all"


# Arithmetic


def rounded(amount: Fraction) -> Fraction:
    """To four decimals, half away from zero."""
    size = Fraction(math.floor(abs(amount) * 10_000 + Fraction(1, 2)), 10_000)
    return size if amount >= 0 else -size


def ratio(part: Fraction | int, whole: Fraction | int) -> Fraction | None:
    return Fraction(part) / whole if whole else None


def total(amounts: Iterable[Fraction]) -> Fraction:
    return sum(amounts, ZERO)


def add_months(month: dt.date, count: int) -> dt.date:
    years, index = divmod(month.month - 1 + count, 12)
    return dt.date(month.year + years, index + 1, 1)


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def last_day(month: dt.date) -> dt.date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


# Raw rows


def instant(text: str, timezone: str) -> dt.datetime:
    """A bare date is that day in the reporting time zone; a time without an offset is UTC."""
    moment = dt.datetime.fromisoformat(text)
    if len(text) == len("2024-01-01"):
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    elif moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.astimezone(dt.UTC)


def customer_of(account: str, accounts: Mapping[str | None, Row], customer_level: str) -> str | None:
    """The account that another one counts for; None for a test account. In a circle, each is its own."""
    links = ["merged_into_account_id"]
    if customer_level == "parent":
        links.append("parent_account_id")
    if is_true(accounts[account].get("is_test")):
        return None
    passed = [account]
    while True:
        row = accounts[passed[-1]]
        onward = [row.get(link) for link in links if row.get(link) in accounts]
        if not onward or onward[0] is None:
            return None if is_true(row.get("is_test")) else passed[-1]
        if onward[0] in passed:
            return account
        passed.append(onward[0])


def latest(rows: Iterable[Row], key: Sequence[str], timezone: str) -> list[Row]:
    """One row per key: the latest recorded, else the first."""
    kept: dict[tuple[str | None, ...], Row] = {}

    def recorded(row: Row) -> dt.datetime:
        text = row.get("recorded_at")
        return instant(text, timezone) if text else dt.datetime.min.replace(tzinfo=dt.UTC)

    for row in rows:
        identity = tuple(row[column] for column in key)
        if identity not in kept or recorded(row) > recorded(kept[identity]):
            kept[identity] = row
    return list(kept.values())


# Drivers


def drivers(kind: str, before: State, after: State, rates: Mapping[str, Fraction]) -> tuple[Driver, ...]:
    """Why a movement happened, by product; exact amounts at the month's rates."""
    changes: dict[tuple[str, str], Fraction] = defaultdict(Fraction)

    def worth(state: Iterable[Version]) -> Fraction:
        return total(version.mrr * rates[version.currency] for version in state)

    for product in {version.product for version in before + after}:
        had = {version.item: version for version in before if version.product == product}
        has = {version.item: version for version in after if version.product == product}
        if kind in ("new", "reactivation", "churn"):
            changes[product, kind] += worth(has.values()) - worth(had.values())
        elif not worth(had.values()):
            changes[product, "cross_sell"] += worth(has.values())
        elif not worth(has.values()):
            changes[product, "product_removed"] -= worth(had.values())
        else:
            new_addons = addon_plans(has.values()) - addon_plans(had.values())
            changes[product, "cross_sell"] += worth(v for v in has.values() if v.plan in new_addons)
            rest = [{i: v for i, v in side.items() if v.plan not in new_addons} for side in (had, has)]
            for driver, change in inside_product(*rest, rates):
                changes[product, driver] += change
    return tuple(
        Driver(
            product,
            driver,
            change,
            is_upsell=kind == "expansion" and driver != "cross_sell" and change > 0,
            is_cross_sell=driver == "cross_sell",
        )
        for (product, driver), change in changes.items()
        if change
    )


def addon_plans(state: Iterable[Version]) -> set[str]:
    """Add-on plans with MRR."""
    return {version.plan for version in state if version.is_addon and version.mrr}


def inside_product(
    had: Mapping[str, Version], has: Mapping[str, Version], rates: Mapping[str, Fraction]
) -> Iterator[tuple[str, Fraction]]:
    """The drivers inside a product that is held before and after, without add-ons that are new.

    An item is there while its status counts, so a free item that gets a price is a change, not a start.
    """
    ended = [version for item, version in had.items() if item not in has]
    begun = [version for item, version in has.items() if item not in had]
    changed = [(version, has[item]) for item, version in had.items() if item in has]
    if len(ended) == 1 and len(begun) == 1:
        changed, ended, begun = [*changed, (ended[0], begun[0])], [], []
    yield from (("subscription_removed", -version.mrr * rates[version.currency]) for version in ended)
    yield from (("subscription_added", version.mrr * rates[version.currency]) for version in begun)
    for old, new in changed:
        old_price, new_price = (v.price_per_month * rates[v.currency] for v in (old, new))
        by_price = old.quantity * (new_price - old_price) * (1 - old.discount)
        yield price_driver(old, new, by_price), by_price
        yield "discount_change", old.quantity * new_price * (old.discount - new.discount)
        by_seats = (new.quantity - old.quantity) * new_price * (1 - new.discount)
        yield "seat_expansion" if by_seats > 0 else "seat_contraction", by_seats


def price_driver(old: Version, new: Version, change: Fraction) -> str:
    if old.plan == new.plan:
        return "price_increase" if change > 0 else "price_decrease"
    rank = (new.tier_rank or 0) - (old.tier_rank or 0) if None not in (old.tier_rank, new.tier_rank) else 0
    return "plan_upgrade" if (rank or change) > 0 else "plan_downgrade"


# The company


class Company:
    """Everything that follows from the inputs; each property is one notion of the definitions."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs

    # Customers

    @cached_property
    def accounts(self) -> dict[str | None, Row]:
        rows = latest(self.inputs.accounts, ["account_id"], self.inputs.timezone)
        return {row["account_id"]: row for row in rows}

    def customer(self, account: str) -> str | None:
        """Who an account's money counts for; None for a test account."""
        return customer_of(account, self.accounts, self.inputs.customer_level)

    def attribute(self, account: str, name: str) -> str:
        return self.accounts[account].get(name) or "unknown"

    # Rates

    @cached_property
    def rates(self) -> dict[str, list[tuple[dt.date, Fraction]]]:
        rates = defaultdict(list)
        for row in latest(self.inputs.fx_rates, ["rate_date", "currency"], self.inputs.timezone):
            day = dt.date.fromisoformat(str(row["rate_date"]))
            rates[str(row["currency"])].append((day, Fraction(str(row["rate_to_reporting"]))))
        return {currency: sorted(known) for currency, known in rates.items()}

    def close_day(self, month: dt.date) -> dt.date:
        return min(last_day(month), self.inputs.as_of)

    def rate(self, currency: str, month: dt.date) -> Fraction | None:
        """The latest rate on or before the month's close."""
        return self.rate_on(currency, self.close_day(month))

    def rate_on(self, currency: str, day: dt.date) -> Fraction | None:
        """The latest rate on or before a day."""
        if currency == self.inputs.reporting_currency:
            return Fraction(1)
        known = self.rates.get(currency, [])
        index = bisect_right(known, day, key=lambda dated: dated[0])
        return known[index - 1][1] if index else None

    def month_rates(self, month: dt.date) -> dict[str, Fraction]:
        currencies = {*self.rates, self.inputs.reporting_currency}
        found = {currency: self.rate(currency, month) for currency in currencies}
        return {currency: rate for currency, rate in found.items() if rate is not None}

    def value(self, local: Local, month: dt.date) -> Fraction:
        """Converted per currency, rounded once each."""
        rates = self.month_rates(month)
        return total(rounded(amount * rates[currency]) for currency, amount in local.items())

    # Subscription items

    @cached_property
    def versions(self) -> list[Version]:
        """Zero length dropped, overlaps repaired, those without a rate left out, in this order."""
        key = ["subscription_item_id", "valid_from"]
        rows = latest(self.inputs.subscription_items, key, self.inputs.timezone)
        by_item: dict[str, list[Version]] = defaultdict(list)
        for row in rows:
            if is_other_charge(row):
                continue
            version = self.version(row)
            if version.ends is None or version.ends > version.starts:
                by_item[version.item].append(version)
        repaired = []
        for item in by_item.values():
            item.sort(key=lambda version: version.starts)
            for version, later in zip(item, [*item[1:], None], strict=True):
                overlaps = later and (version.ends is None or later.starts < version.ends)
                repaired.append(
                    replace(version, ends=later.starts, end_day=later.first_day)
                    if later and overlaps
                    else version
                )
        return self.with_status([version for version in repaired if self.can_be_valued(version)])

    def can_be_valued(self, version: Version) -> bool:
        """A rate is needed from the close of the month in which the version begins."""
        return self.rate(version.currency, month_of(version.first_day)) is not None

    def version(self, row: Row) -> Version:
        plan = self.plans[row["plan_id"]]
        starts = instant(str(row["valid_from"]), self.inputs.timezone)
        ends = instant(str(row["valid_to"]), self.inputs.timezone) if row.get("valid_to") else None
        periods = BILLING_PERIODS_PER_MONTH[str(row["billing_interval"])]
        count = int(row.get("billing_interval_count") or 1)
        return Version(
            item=str(row["subscription_item_id"]),
            customer=self.customer(str(row["account_id"])) or "",
            plan=str(row["plan_id"]),
            product=str(plan["product_id"]),
            is_addon=is_true(plan.get("is_addon")),
            tier_rank=int(plan["tier_rank"] or 0) if plan.get("tier_rank") else None,
            quantity=Fraction(row.get("quantity") or "1"),
            price_per_month=Fraction(str(row["unit_price"])) * periods / count,
            billing_interval=str(row["billing_interval"]),
            billing_interval_count=count,
            discount=Fraction(row.get("discount_rate") or "0"),
            currency=row.get("currency") or self.inputs.reporting_currency,
            status=row.get("status") or "active",
            starts=starts,
            ends=ends,
            first_day=self.day(starts),
            end_day=self.day(ends) if ends else dt.date.max,
            counts_to=dt.date.max,
        )

    @cached_property
    def plans(self) -> dict[str | None, Row]:
        return {row["plan_id"]: row for row in latest(self.inputs.plans, ["plan_id"], self.inputs.timezone)}

    def day(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(ZoneInfo(self.inputs.timezone)).date()

    def with_status(self, versions: list[Version]) -> list[Version]:
        """How long each version counts: not at all, to its end, or while the grace of its past-due run lasts.

        A run is unbroken where the next version begins on the day on which the last one ended.
        """
        counted = []
        counting = {"active", "paused"} if self.inputs.paused_mrr_policy == "include" else {"active"}
        run_start, previous = dt.date.min, None
        for version in versions:
            if version.status == "past_due":
                unbroken = (
                    previous is not None
                    and previous.item == version.item
                    and previous.status == "past_due"
                    and previous.end_day == version.first_day
                )
                run_start = run_start if unbroken else version.first_day
                grace_ends = run_start + dt.timedelta(self.inputs.past_due_grace_days)
                counts_to = min(version.end_day, grace_ends)
            else:
                counts_to = version.end_day if version.status in counting else version.first_day
            counted.append(replace(version, counts_to=counts_to))
            previous = version
        return counted

    # Days

    @cached_property
    def states(self) -> dict[str, dict[dt.date, State]]:
        """What counts for each customer at the end of every day up to the as-of date; all of it adds up."""
        by_customer: dict[str, list[Version]] = defaultdict(list)
        for version in self.versions:
            if version.customer and version.first_day < version.counts_to:
                by_customer[version.customer].append(version)
        states: dict[str, dict[dt.date, State]] = {}
        for customer, versions in by_customer.items():
            day = min(version.first_day for version in versions)
            states[customer] = {}
            while day <= self.inputs.as_of:
                states[customer][day] = tuple(v for v in versions if v.first_day <= day < v.counts_to)
                day += dt.timedelta(1)
        return states

    def state(self, account: str, day: dt.date) -> State:
        return self.states.get(account, {}).get(day, ())

    @cached_property
    def movements(self) -> list[Movement]:
        """The ledger: at most one row per account and day, netted, at the rates of the day's month."""
        found = []
        for account, days in self.states.items():
            before: State = ()
            left_on: dt.date | None = None
            for day, after in days.items():
                if after != before:
                    movement = self.movement(account, day, before, after, left_on)
                    if movement.change:
                        found.append(movement)
                    if movement.type == "churn":
                        left_on = day
                before = after
        return found

    def movement(
        self, account: str, day: dt.date, before: State, after: State, left_on: dt.date | None
    ) -> Movement:
        month = month_of(day)
        was, now = self.value(local_mrr(before), month), self.value(local_mrr(after), month)
        if not was:
            kind = "reactivation" if left_on else "new"
        elif not now:
            kind = "churn"
        else:
            kind = "expansion" if now > was else "contraction"
        # A fall is judged by what its items are now that they count no more, a rise by what they were before.
        fell = now < was
        seen_on = day if fell else day - dt.timedelta(1)
        gone, here = (before, after) if fell else (after, before)
        moved = paying(gone) - paying(here)
        free = {v.item for v in here if v.discount == 1 and (not fell or v.counts_to < dt.date.max)}
        statuses = {
            version.status
            for version in self.versions
            if version.item in moved
            and max(version.first_day, version.counts_to) <= seen_on < version.end_day
        }
        return Movement(
            account,
            day,
            kind,
            was,
            now,
            days_lapsed=(day - left_on).days if left_on and kind == "reactivation" else None,
            is_pause="paused" in statuses,
            is_free_period=kind != "new" and bool(moved & free),
            is_involuntary=fell and "past_due" in statuses,
            drivers=drivers(kind, before, after, self.month_rates(month)),
        )

    # Months

    @cached_property
    def months(self) -> list[dt.date]:
        """Every month from the first with MRR to the one that holds the as-of date."""
        first = min((movement.day for movement in self.movements), default=None)
        if first is None:
            return []
        months = [month_of(first)]
        while months[-1] < month_of(self.inputs.as_of):
            months.append(add_months(months[-1], 1))
        return months

    def months_back(self, month: dt.date, count: int) -> dt.date | None:
        """The month that many months before, None where the history does not reach so far."""
        base = add_months(month, -count)
        return base if base >= self.months[0] else None

    def closing_state(self, account: str, month: dt.date) -> State:
        return self.state(account, self.close_day(month))

    @cached_property
    def account_months(self) -> dict[tuple[str, dt.date], AccountMonth]:
        """Each account in each month with opening or closing MRR."""
        movements: dict[tuple[str, dt.date], list[Movement]] = defaultdict(list)
        for movement in self.movements:
            movements[movement.account, month_of(movement.day)].append(movement)
        found = {}
        for account in self.states:
            cohort = None
            opening_state: State = ()
            opening = ZERO
            for month in self.months:
                closing_state = self.closing_state(account, month)
                closing = self.value(local_mrr(closing_state), month)
                if closing and cohort is None:
                    cohort = month
                if cohort and (opening or closing):
                    held = {version.product for version in opening_state if version.mrr}
                    new_addons = addon_plans(closing_state) - addon_plans(opening_state)
                    old_parts = [v for v in closing_state if v.product in held and v.plan not in new_addons]
                    in_month = movements[account, month]
                    last = in_month[-1] if in_month else None
                    found[account, month] = AccountMonth(
                        account,
                        month,
                        opening=opening,
                        opening_now=self.value(local_mrr(opening_state), month),
                        closing=closing,
                        cohort=cohort,
                        new_parts=closing - self.value(local_mrr(old_parts), month),
                        has_plan_upgrade=any(d.driver == "plan_upgrade" for m in in_month for d in m.drivers),
                        has_seat_or_plan=any(d.driver in MORE for m in in_month for d in m.drivers),
                        is_involuntary=last is not None and last.type == "churn" and last.is_involuntary,
                    )
                opening_state, opening = closing_state, closing
        return found

    def closing(self, account: str, month: dt.date) -> Fraction:
        found = self.account_months.get((account, month))
        return found.closing if found else ZERO

    # Segments

    def by_attribute(self, name: str) -> Segment:
        return lambda row: self.attribute(row.account, name)

    def by_largest(self, name: str) -> Segment:
        """The plan or product with the largest MRR at the close; for a churned account, at the opening."""

        def segment(row: AccountMonth) -> str:
            state = self.closing_state(row.account, row.month if row.closing else add_months(row.month, -1))
            worth: dict[str, Fraction] = defaultdict(Fraction)
            for version in state:
                worth[getattr(version, name)] += version.mrr * (self.rate(version.currency, row.month) or 0)
            return min(worth, key=lambda value: (-worth[value], value))

        return segment

    def grouped(self, segment: Segment) -> dict[tuple[dt.date, str], list[AccountMonth]]:
        """Account months by month and segment; all of them together in every month, also without any."""
        groups: dict[tuple[dt.date, str], list[AccountMonth]] = defaultdict(list)
        if segment is everything:
            groups.update({(month, "all"): [] for month in self.months})
        for row in self.account_months.values():
            groups[row.month, segment(row)].append(row)
        return groups

    def base_customers(self, segment: Segment, months: int) -> dict[tuple[dt.date, str], list[AccountMonth]]:
        """The customers of the month-end `months` ago, by the present month and their segment then."""
        groups = defaultdict(list)
        for row in self.account_months.values():
            if row.closing and add_months(row.month, months) <= month_of(self.inputs.as_of):
                groups[add_months(row.month, months), segment(row)].append(row)
        return groups

    def customers_not_new(self, segment: Segment, months: int) -> Counter[tuple[dt.date, str]]:
        """Customers now who were customers by then; segment as of then, of those who were away as of now."""
        counts: Counter[tuple[dt.date, str]] = Counter()
        for row in self.account_months.values():
            base_month = add_months(row.month, -months)
            if row.closing and row.cohort <= base_month:
                base = self.account_months.get((row.account, base_month), row)
                counts[row.month, segment(base if base.closing else row)] += 1
        return counts

    # KPIs: month and segment -> column -> value

    def mrr_months(self, segment: Segment = everything) -> Table:
        return {
            key: roll_forward(
                total(row.opening for row in rows),
                total(row.new for row in rows),
                total(row.reactivated for row in rows),
                total(row.expansion for row in rows),
                total(row.contraction for row in rows),
                total(row.churned for row in rows),
                total(row.fx_impact for row in rows),
                total(row.closing for row in rows),
            )
            for key, rows in self.grouped(segment).items()
        }

    def mrr_months_gross(self, attribute: str | None = None) -> Table:
        """From the ledger; by an attribute of the account, or of all."""
        segment = self.by_attribute(attribute) if attribute else everything
        ledger: dict[tuple[dt.date, str], dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
        for movement in self.movements:
            value = self.attribute(movement.account, attribute) if attribute else "all"
            ledger[month_of(movement.day), value][movement.type] += abs(movement.change)
        headline = self.grouped(segment)
        return {
            key: roll_forward(
                total(row.opening for row in headline.get(key, [])),
                ledger[key]["new"],
                ledger[key]["reactivation"],
                ledger[key]["expansion"],
                ledger[key]["contraction"],
                ledger[key]["churn"],
                total(row.fx_impact for row in headline.get(key, [])),
                total(row.closing for row in headline.get(key, [])),
            )
            for key in {*ledger, *headline}
        }

    def revenue_retention_months(self, segment: Segment = everything) -> Table:
        """At constant currency: every opening is at the later month's rate."""
        now = self.grouped(segment)
        then = {months: self.base_customers(segment, months) for months in (3, 12)}
        table: Table = {}
        for key in {*now, *then[3], *then[12]}:
            rows = now.get(key, [])
            opening = total(row.opening_now for row in rows)
            churned = total(row.churned for row in rows)
            contraction = total(row.contraction for row in rows)
            expansion = total(row.expansion for row in rows)
            reactivated = total(row.reactivated for row in rows)
            table[key] = {
                "opening_mrr": total(row.opening for row in rows),
                "gross_revenue_churn_rate": ratio(churned + contraction, opening),
                "cancelled_revenue_churn_rate": ratio(churned, opening),
                "net_revenue_churn_rate": ratio(churned + contraction - expansion, opening),
                "cancelled_net_revenue_churn_rate": ratio(churned - expansion, opening),
                "net_revenue_churn_rate_incl_reactivation": ratio(
                    churned + contraction - expansion - reactivated, opening
                ),
                "nrr_rate": ratio(opening + expansion - contraction - churned, opening),
                "grr_rate": ratio(total(min(row.opening_now, row.closing) for row in rows), opening),
            }
            for months, base in then.items():
                bases = base.get(key, [])
                was = [
                    self.value(local_mrr(self.closing_state(row.account, row.month)), key[0]) for row in bases
                ]
                is_now = [self.closing(row.account, key[0]) for row in bases]
                table[key] |= {
                    f"nrr_{months}m_rate": ratio(total(is_now), total(was)),
                    f"grr_{months}m_rate": ratio(total(map(min, was, is_now)), total(was)),
                }
        return table

    def customer_retention_months(self, segment: Segment = everything) -> Table:
        now = self.grouped(segment)
        then = {months: self.base_customers(segment, months) for months in (3, 6, 12)}
        not_new = {months: self.customers_not_new(segment, months) for months in (3, 6, 12)}
        table: Table = {}
        for key in {*now, *then[3], *then[6], *then[12]}:
            rows = now.get(key, [])
            opening = sum(row.opening > 0 for row in rows)
            closing = sum(row.closing > 0 for row in rows)
            new = sum(row.is_new for row in rows)
            churned = sum(row.is_churned for row in rows)
            table[key] = {
                "opening_customers": opening,
                "new_customers": new,
                "reactivated_customers": sum(row.is_reactivated for row in rows),
                "churned_customers": churned,
                "closing_customers": closing,
                "involuntary_churned_customers": sum(row.is_churned and row.is_involuntary for row in rows),
                "customer_churn_rate": ratio(churned, opening),
                "continuation_rate": ratio(opening - churned, opening),
                "retention_rate": ratio(closing - new, opening),
            }
            for months in (3, 6, 12):
                base = then[months].get(key, [])
                stayed = sum(self.closing(row.account, key[0]) > 0 for row in base)
                table[key] |= {
                    f"customer_churn_rate_{months}m": ratio(len(base) - stayed, len(base)),
                    f"continuation_rate_{months}m": ratio(stayed, len(base)),
                    f"retention_rate_{months}m": ratio(not_new[months][key], len(base)),
                }
        return table

    def retention_cohorts(self, segment: Segment = everything) -> Table:
        """Cohort month, months since, and segment at the cohort month -> figures; revenue as closed."""
        cohorts: dict[tuple[dt.date, str], list[AccountMonth]] = defaultdict(list)
        for row in self.account_months.values():
            if row.is_new:
                cohorts[row.month, segment(row)].append(row)
        table: Table = {}
        for (cohort, value), rows in cohorts.items():
            for since, month in enumerate(month for month in self.months if month >= cohort):
                active = [self.closing(row.account, month) for row in rows]
                customers = sum(mrr > 0 for mrr in active)
                cohort_mrr = total(row.closing for row in rows)
                table[cohort, since, value] = {
                    "cohort_customers": len(rows),
                    "active_customers": customers,
                    "customer_retention_rate": ratio(customers, len(rows)),
                    "cohort_mrr": cohort_mrr,
                    "active_mrr": total(active),
                    "revenue_retention_rate": ratio(total(active), cohort_mrr),
                }
        return table

    def expansion_months(self, segment: Segment = everything) -> Table:
        churns = defaultdict(list)
        for movement in self.movements:
            if movement.type == "churn":
                churns[movement.account].append(movement.day)
        table: Table = {}
        for key, rows in self.grouped(segment).items():
            window = (last_day(key[0]), last_day(key[0]) + dt.timedelta(180))
            opening = sum(row.opening > 0 for row in rows)
            expanded = [row for row in rows if row.expansion]
            upsold = sum(row.upsell > 0 for row in rows)
            cross_sold = sum(row.cross_sell > 0 for row in rows)
            plan_upsold = sum(row.upsell > 0 and row.has_plan_upgrade for row in rows)
            lost = sum(any(window[0] < day <= window[1] for day in churns[row.account]) for row in expanded)
            table[key] = {
                "opening_customers": opening,
                "upsold_customers": upsold,
                "cross_sold_customers": cross_sold,
                "plan_upsold_customers": plan_upsold,
                "expanded_customers": len(expanded),
                "upsell_rate": ratio(upsold, opening),
                "cross_sell_rate": ratio(cross_sold, opening),
                "plan_upsell_rate": ratio(plan_upsold, opening),
                "seat_plan_upsell_rate": ratio(
                    sum(row.upsell > 0 and row.has_seat_or_plan for row in rows), opening
                ),
                "expansion_rate": ratio(len(expanded), opening),
                "upsell_mrr": total(row.upsell for row in rows),
                "cross_sell_mrr": total(row.cross_sell for row in rows),
                "churned_180d_after_expansion_rate": (
                    ratio(lost, len(expanded)) if window[1] <= self.inputs.as_of else None
                ),
            }
        return table

    def ltv_months(self, segment: Segment = everything) -> Table:
        groups = self.grouped(segment)
        table: Table = {}
        for (month, value), rows in groups.items():
            customers = [row for row in rows if row.closing]
            arpa = ratio(total(row.closing for row in rows), len(customers))
            churn = ratio(sum(row.is_churned for row in rows), sum(row.opening > 0 for row in rows))
            year = [row for back in range(12) for row in groups.get((add_months(month, -back), value), [])]
            churn_12m = None
            if self.months_back(month, 11):
                churn_12m = ratio(sum(row.is_churned for row in year), sum(row.opening > 0 for row in year))
            past = [each for each in self.months if each <= month]
            realised = total(self.closing(row.account, each) for row in customers for each in past)
            margin = arpa * self.inputs.gross_margin_rate if arpa else None
            table[month, value] = {
                "arpa": arpa,
                "customer_churn_rate": churn,
                "customer_churn_rate_mean_12m": churn_12m,
                "ltv": margin / churn if margin and churn else None,
                "ltv_12m": margin / churn_12m if margin and churn_12m else None,
                "average_realised_ltv": ratio(realised, len(customers)),
            }
        return table

    def product_mrr_months(self) -> Table:
        """By month, product and plan; plan `all` is the product, product `all` the sum of the products."""
        sums: dict[tuple[object, ...], dict[str, Fraction]] = {
            (month, "all", "all"): defaultdict(Fraction) for month in self.months
        }
        paid: dict[tuple[object, ...], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        for row in self.account_months.values():
            for key, held in self.held_parts(row):
                flows = sums.setdefault((row.month, *key), defaultdict(Fraction))
                for flow, amount in held.flows(row).items():
                    flows[flow] += amount
                for mrr, accounts in zip((held.opening, held.closing), paid[row.month, *key], strict=True):
                    accounts.update([row.account] if mrr else [])
        return {
            key: {
                **{f"{flow}_mrr": flows[flow] for flow in PRODUCT_FLOWS},
                "opening_customers": len(paid[key][0]),
                "closing_customers": len(paid[key][1]),
                "product_nrr_rate": ratio(flows["kept"], flows["opening"] + flows["fx_impact"]),
            }
            for key, flows in sums.items()
        }

    def other_revenue_months(self) -> Table:
        """By month and charge kind, each charge at its day's rate; 0 in later months without one."""
        charges: dict[tuple[dt.date, str], list[tuple[str, Fraction]]] = defaultdict(list)
        key = ["subscription_item_id", "valid_from"]
        for row in latest(self.inputs.subscription_items, key, self.inputs.timezone):
            day = self.day(instant(str(row["valid_from"]), self.inputs.timezone))
            customer = self.customer(str(row["account_id"]))
            rate = self.rate_on(row.get("currency") or self.inputs.reporting_currency, day)
            is_charged = (row.get("status") or "active") in (
                "active",
                "past_due",
            ) and day <= self.inputs.as_of
            if is_other_charge(row) and is_charged and customer and rate is not None:
                price = Fraction(str(row["unit_price"])) * (1 - Fraction(row.get("discount_rate") or "0"))
                local = rounded(Fraction(row.get("quantity") or "1") * price)
                charges[month_of(day), str(row["charge_kind"])].append((customer, rounded(local * rate)))
        for kind in {kind for _, kind in charges}:
            first = min(month for month, other in charges if other == kind)
            charges |= {(month, kind): charges[month, kind] for month in self.months if month >= first}
        return {
            each: {"amount": total(amount for _, amount in paid), "accounts": len({who for who, _ in paid})}
            for each, paid in charges.items()
        }

    def held_parts(self, row: AccountMonth) -> Iterator[tuple[tuple[str, str], Held]]:
        """What the account holds of each product, once more for all products, and of each plan."""
        before = self.closing_state(row.account, add_months(row.month, -1))
        now = self.closing_state(row.account, row.month)
        amounts = [
            self.by_plan(before, add_months(row.month, -1), row.opening),
            self.by_plan(before, row.month, row.opening_now),
            self.by_plan(now, row.month, row.closing),
        ]
        plans = {plan for each in amounts for plan, mrr in each.items() if mrr}
        for product in {str(self.plans[plan]["product_id"]) for plan in plans}:
            parts = {plan for plan in plans if self.plans[plan]["product_id"] == product}
            opening, opening_now, closing = (
                total(each.get(plan, ZERO) for plan in parts) for each in amounts
            )
            whole = Held(opening, opening_now, closing)
            yield (product, "all"), whole
            yield ("all", "all"), whole
            for plan in parts:
                opening, opening_now, closing = (each.get(plan, ZERO) for each in amounts)
                is_addon = is_true(self.plans[plan].get("is_addon"))
                yield (product, plan), Held(opening, opening_now, closing, None if is_addon else whole)

    def by_plan(self, state: State, month: dt.date, whole: Fraction) -> dict[str, Fraction]:
        """MRR by plan at a month's rates; what rounding leaves of the whole is in the largest plan."""
        parts = {
            plan: self.value(local_mrr(version for version in state if version.plan == plan), month)
            for plan in {version.plan for version in state}
        }
        if parts:
            parts[min(parts, key=lambda plan: (-parts[plan], plan))] += whole - total(parts.values())
        return parts


@dataclass(frozen=True)
class Held:
    """MRR of one account in a product or plan; of a plan that may be switched, with that in its product."""

    opening: Fraction
    opening_now: Fraction
    closing: Fraction
    product: Held | None = None

    def flows(self, row: AccountMonth) -> dict[str, Fraction]:
        if row.is_churned:
            flow = "churned"
        elif not row.opening:
            flow = "new_customer"
        elif not self.opening:
            flow = "plan_switched_in" if self.product and self.product.opening else "cross_sell"
        elif not self.closing:
            flow = "plan_switched_out" if self.product and self.product.closing else "removed"
        else:
            flow = "expansion" if self.closing > self.opening_now else "contraction"
        return {
            "opening": self.opening,
            "fx_impact": self.opening_now - self.opening,
            "closing": self.closing,
            "kept": self.closing if self.opening else ZERO,
            flow: abs(self.closing - self.opening_now),
        }


def roll_forward(  # noqa: PLR0917 - the order is the formula's own
    opening: Fraction,
    new: Fraction,
    reactivated: Fraction,
    expansion: Fraction,
    contraction: Fraction,
    churned: Fraction,
    fx_impact: Fraction,
    closing: Fraction,
) -> Figures:
    return {
        "opening_mrr": opening,
        "new_mrr": new,
        "reactivated_mrr": reactivated,
        "expansion_mrr": expansion,
        "contraction_mrr": contraction,
        "churned_mrr": churned,
        "fx_impact_mrr": fx_impact,
        "closing_mrr": closing,
        "net_new_mrr": closing - opening - fx_impact,
        "arr": closing * 12,
        "quick_ratio": ratio(new + reactivated + expansion, contraction + churned),
    }


def local_mrr(state: Iterable[Version]) -> Local:
    local: Local = defaultdict(Fraction)
    for version in state:
        local[version.currency] += version.mrr
    return local


def is_other_charge(row: Row) -> bool:
    """Charged once or by metered use, so no MRR."""
    return row.get("charge_kind") in ("one_time", "usage")


def paying(state: Iterable[Version]) -> set[str]:
    """Items with MRR."""
    return {version.item for version in state if version.mrr}


def is_true(text: str | None) -> bool:
    return (text or "").strip().lower() in ("true", "1", "t", "yes")
