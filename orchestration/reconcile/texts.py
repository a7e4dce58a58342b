"""A reconciliation as text."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from orchestration.reconcile.reconciliation import Line, Measure, Reconciliation
from orchestration.reconcile.rules import Cause

_ACCOUNTS_SHOWN = 5
_TITLES = {
    "mrr": "MRR at the month's close",
    "customers": "Customers at the month's close",
    "churned_mrr": "Churned MRR",
    "churned_customers": "Churned customers",
}
# What makes a difference, and what to do where the figures before are the ones that are meant.
_CAUSES = {
    "tax": ("tax of {percent} %", "Here amounts are without tax; `tax` in mapping.yml takes it off."),
    "one_time": ("one-time fees", "Here they are no MRR; kpi_other_revenue_months has them."),
    "usage": ("metered use", "Here it is no MRR; kpi_other_revenue_months has it."),
    "charges": ("one-time fees and metered use", "Here they are no MRR; kpi_other_revenue_months has them."),
    "trial": ("trials", "Here a trial is worth 0 until it is paid."),
    "free": ("free months", "Here an account that pays nothing is no customer of the month."),
    "free_and_trial": ("free months and trials", "Here what is not paid is worth 0."),
    "paused": ("paused subscriptions", "Here a pause is worth 0; the variable paused_mrr_policy keeps it."),
    "unpaid": ("unpaid subscriptions", "Here they end after past_due_grace_days."),
    "discount": ("prices before discounts", "Here MRR is what is paid."),
    "not_spread": ("bills in full", "Here a bill is divided by the months that it is for."),
    "currency": ("amounts added whatever their currency", "Here each is converted at the rate of the close."),
    "month_before": ("timing: our figure of the month before", "Here a month is as of its last day."),
    "month_after": ("timing: our figure of the month after", "Here a month is as of its last day."),
    "contraction": ("contraction counted too", "Here churn is of accounts that left; contraction is apart."),
    "gross": (
        "every loss inside the month",
        "kpi_mrr_months compares month-ends; kpi_mrr_months_gross counts each movement.",
    ),
}


def as_text(name: str, as_of: dt.date, currency: str, found: Reconciliation) -> str:
    """The reconciliation of the file `name` with a release."""
    lines = [f"{name} beside the release as of {as_of}, amounts in {currency}."]
    for measure in found.measures:
        lines += ["", _TITLES[measure.name], *_table(measure), *_summary(measure)]
    if found.accounts:
        lines += ["", "Accounts that differ"]
        for month, accounts in found.accounts.items():
            lines += [f"  {month:%Y-%m}", *_account_lines(accounts)]
    if found.unknown:
        shown = ", ".join(found.unknown[:_ACCOUNTS_SHOWN])
        more = (
            f" and {len(found.unknown) - _ACCOUNTS_SHOWN:,} more" if found.unknown[_ACCOUNTS_SHOWN:] else ""
        )
        lines += ["", f"No account has the id or name {shown}{more}."]
    return "\n".join(lines)


def _table(measure: Measure) -> Iterator[str]:
    rows = [("month", "before", "here", "difference", "likely made by")]
    for line in measure.lines:
        if line.here is None:
            rows.append((f"{line.month:%Y-%m}", _number(line.before), "-", "-", "a month that is not here"))
        else:
            gap = "" if line.is_same else _number(line.before - line.here, sign=True)
            said = "" if line.is_same else _cause(line.cause)
            rows.append((f"{line.month:%Y-%m}", _number(line.before), _number(line.here), gap, said))
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(row[place].rjust(widths[place]) for place in (1, 2, 3)), row[4]]
        yield ("  " + "  ".join(cells)).rstrip()


def _summary(measure: Measure) -> Iterator[str]:
    different = [line for line in measure.lines if line.here is not None and not line.is_same]
    if not different:
        yield "  The same in every month that is here."
        return
    if measure.times is not None:
        yield (
            f"  The figures before are about {measure.times:.4g} times ours in every month: another "
            "currency? Set CSKPI_REPORTING_CURRENCY to it and run again."
        )
    counted = Counter(line.cause.rule for line in different if line.cause)
    for rule, count in counted.most_common():
        one = next(line.cause for line in different if line.cause and line.cause.rule == rule)
        words, advice = _CAUSES[rule]
        said = words.format(percent=one.percent)
        yield f"  {count} of {len(different)} differences: {said}. {advice}"


def _account_lines(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines[:_ACCOUNTS_SHOWN]:
        here = line.here or Decimal(0)
        yield (
            f"    {line.account}: {_number(line.before)} before, {_number(here)} here "
            f"({_number(line.before - here, sign=True)}): {_cause(line.cause)}"
        )
    if lines[_ACCOUNTS_SHOWN:]:
        yield f"    and {len(lines) - _ACCOUNTS_SHOWN:,} more"


def _cause(cause: Cause | None) -> str:
    if cause is None:
        return "no rule that fits"
    return _CAUSES[cause.rule][0].format(percent=cause.percent) + ("" if cause.is_exact else " (nearly)")


def _number(value: Decimal, *, sign: bool = False) -> str:
    rounded = value.quantize(Decimal("0.01"))
    text = f"{rounded:+,.2f}" if sign else f"{rounded:,.2f}"
    return text.removesuffix(".00")
