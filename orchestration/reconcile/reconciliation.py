"""Figures from before and ours side by side, with the accounts and the rule behind each difference."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orchestration.explain.figures import earlier_month
from orchestration.loading.known_names import plain
from orchestration.reconcile.old_figures import MEASURES, OldFigures
from orchestration.reconcile.our_figures import OurFigures
from orchestration.reconcile.rules import Cause, cause_of, is_same, other_currency

# What a rule adds to MRR; the last two are the sum of two rules that come together in exports of billing.
_ADDED = ("one_time", "usage", "trial", "free", "paused", "unpaid", "discount", "not_spread", "currency")
_TOGETHER = {"charges": ("one_time", "usage"), "free_and_trial": ("free", "trial")}
# With these an account without MRR is a customer.
_COUNTED = ("trial", "free", "paused", "unpaid", "one_time", "usage")


@dataclass(frozen=True)
class Line:
    """A figure of a month, or of an account in it: before, here, and what makes the difference."""

    month: dt.date
    before: Decimal
    here: Decimal | None
    cause: Cause | None
    account: str = ""

    @property
    def is_same(self) -> bool:
        """Whether both are equal but for rounding."""
        return self.here is not None and is_same(self.before, self.here)


@dataclass(frozen=True)
class Measure:
    """A measure by month; `times` ours where the figures before seem to be in another currency."""

    name: str
    lines: Sequence[Line]
    times: Decimal | None


@dataclass(frozen=True)
class Reconciliation:
    """Every measure of the file, the accounts that differ by month, and ids that are no accounts here."""

    measures: Sequence[Measure]
    accounts: Mapping[dt.date, Sequence[Line]]
    unknown: Sequence[str]


def reconciled(old: OldFigures, ours: OurFigures) -> Reconciliation:
    """Lay figures from before beside ours."""
    accounts, unknown = _accounts(old, ours)
    measures = []
    for name in MEASURES:
        if name not in old.totals:
            continue
        lines = [
            _line(name, month, before, ours, accounts) for month, before in sorted(old.totals[name].items())
        ]
        pairs = [(line.before, line.here) for line in lines if line.here is not None and not line.is_same]
        has_cause = any(line.cause for line in lines)
        is_money = name in ("mrr", "churned_mrr")
        measures.append(Measure(name, lines, other_currency(pairs) if is_money and not has_cause else None))
    return Reconciliation(measures, accounts, unknown)


def _line(
    name: str, month: dt.date, before: Decimal, ours: OurFigures, accounts: Mapping[dt.date, Sequence[Line]]
) -> Line:
    # A month in which nothing happened has no row; one that is not ours at all has no MRR either.
    here = ours.totals[name].get(month)
    if here is None or is_same(before, here):
        return Line(month, before, here, None)
    is_money = name in ("mrr", "churned_mrr")
    cause = cause_of(before, here, dict(_readings(name, month, ours)), is_money=is_money)
    if cause is None and name == "mrr" and accounts.get(month):
        # The sum of several rules fits none of them; then the accounts' commonest cause is the likeliest.
        rules = Counter(line.cause.rule for line in accounts[month] if line.cause)
        if rules and rules.most_common(1)[0][1] * 2 > len(accounts[month]):
            common = rules.most_common(1)[0][0]
            cause = next(
                Cause(common, False, line.cause.percent)
                for line in accounts[month]
                if line.cause and line.cause.rule == common
            )
    return Line(month, before, here, cause)


def _readings(name: str, month: dt.date, ours: OurFigures) -> Iterator[tuple[str, Decimal]]:
    """What our figure of a month would be by other rules."""
    here, of_month = ours.totals[name][month], ours.added.get(month, {})
    if name == "mrr":
        sums: dict[str, Decimal] = {}
        for rule, amount in (one for rules in of_month.values() for one in rules.items()):
            sums[rule] = sums.get(rule, Decimal(0)) + amount
        yield from _sums(here, sums)
    if name == "customers":
        paying = ours.accounts.get(month, {})
        for rule in _COUNTED:
            more = sum(1 for account, rules in of_month.items() if rule in rules and account not in paying)
            yield rule, here + more
    if name == "churned_mrr":
        for other in ("contraction", "gross"):
            if month in ours.totals[other]:
                yield other, ours.totals[other][month]
    for rule, months in (("month_before", 1), ("month_after", -1)):
        if (other := ours.totals[name].get(earlier_month(month, months))) is not None:
            yield rule, other


def _sums(here: Decimal, added: Mapping[str, Decimal]) -> Iterator[tuple[str, Decimal]]:
    for rule in _ADDED:
        if added.get(rule):
            yield rule, here + added[rule]
    for rule, parts in _TOGETHER.items():
        if all(added.get(part) for part in parts):
            yield rule, here + sum(added[part] for part in parts)


def _accounts(old: OldFigures, ours: OurFigures) -> tuple[dict[dt.date, list[Line]], list[str]]:
    """The accounts that differ in each month, the largest difference first, and ids that are none of ours."""
    by_name: dict[str, list[str]] = {}
    for account, name in ours.names.items():
        if name:
            by_name.setdefault(plain(name), []).append(account)
    lines: dict[dt.date, list[Line]] = {}
    unknown: set[str] = set()
    for month, of_month in sorted(old.accounts.items()):
        before: dict[str, Decimal] = {}
        for written, mrr in of_month.items():
            named = by_name.get(plain(written), [])
            account = written if written in ours.names or len(named) != 1 else named[0]
            before[account] = before.get(account, Decimal(0)) + mrr
            if account not in ours.names:
                unknown.add(account)
        here = ours.accounts.get(month, {})
        if month not in ours.totals["mrr"]:
            continue
        found = []
        for account in sorted({*before, *here}):
            was, now = before.get(account, Decimal(0)), here.get(account, Decimal(0))
            if not is_same(was, now):
                readings = dict(_sums(now, ours.added.get(month, {}).get(account, {})))
                for rule, months in (("month_before", 1), ("month_after", -1)):
                    other = ours.accounts.get(earlier_month(month, months), {})
                    readings[rule] = other.get(account, Decimal(0))
                found.append(Line(month, was, now, cause_of(was, now, readings, is_money=True), account))
        if found:
            lines[month] = sorted(
                found, key=lambda line: (-abs(line.before - (line.here or 0)), line.account)
            )
    return lines, sorted(unknown)
