"""The effect of a campaign, from counts of treated and control accounts in strata.

Accounts are compared within a stratum (size, tenure and activity before the treatment), and strata are
weighted by their treated accounts: the average effect on the treated. Strata without both are left out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Any

# The model that counts the accounts.
STRATA = "features.int_campaign_strata"
CONFIDENCE = 0.95


class Kind(StrEnum):
    """Attributes that accounts are not matched on; both sides should be balanced in them."""

    CSM = "csm"
    CONTRACT = "contract"
    PRODUCTS = "products"


@dataclass(frozen=True)
class Stratum:
    """Counts of one stratum: accounts, those that reached the outcome, and those with each Kind."""

    treated: int
    treated_reached: int
    control: int
    control_reached: int
    treated_kinds: Mapping[Kind, int]
    control_kinds: Mapping[Kind, int]


@dataclass(frozen=True)
class Effect:
    """The effect on the treated accounts that have control accounts in their stratum.

    Rates, `difference` (treated less control) and its 95 % interval are shares (0-1); `matched_rate` is the
    share of the treated accounts that have control accounts. `max_std_difference` is the largest standardised
    difference between both sides in a Kind after weighting, and `least_balanced` names it. None where
    no stratum has both.
    """

    treated_accounts: int
    control_accounts: int
    matched_rate: float | None = None
    treated_rate: float | None = None
    control_rate: float | None = None
    difference: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p_value: float | None = None
    max_std_difference: float | None = None
    least_balanced: str | None = None


def strata_of(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], list[Stratum]]:
    """The strata of each campaign and outcome, from rows of STRATA."""
    found: dict[tuple[str, str], list[Stratum]] = defaultdict(list)
    for row in rows:
        found[row["campaign_id"], row["outcome"]].append(
            Stratum(
                treated=row["treated_accounts"],
                treated_reached=row["treated_reached"],
                control=row["control_accounts"],
                control_reached=row["control_reached"],
                treated_kinds={kind: row[f"treated_with_{kind}"] for kind in Kind},
                control_kinds={kind: row[f"control_with_{kind}"] for kind in Kind},
            )
        )
    return dict(found)


def estimate_effects(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row of effects.campaign_effects per campaign and outcome, from rows of STRATA."""
    return [
        {"campaign_id": campaign_id, "outcome": outcome, **vars(estimate_effect(strata))}
        for (campaign_id, outcome), strata in sorted(strata_of(rows).items())
    ]


def estimate_effect(strata: Iterable[Stratum]) -> Effect:
    """The average effect on the treated over strata matched exactly.

    The interval joins Wilson's score intervals of both rates (Newcombe 1998, method 10), which hold their
    level also where an outcome is rare and few accounts were treated. The weighted control rate counts as
    one of 1 / Σ (weight² / n) accounts, the number that gives an unweighted rate its variance (Kish 1965).
    The p-value is that of the score test of two equal rates.
    """
    # In one order, because sums of floats depend on the order.
    given = sorted(strata, key=repr)
    matched = [stratum for stratum in given if stratum.treated and stratum.control]
    treated = sum(stratum.treated for stratum in matched)
    control = sum(stratum.control for stratum in matched)
    if not matched:
        return Effect(treated_accounts=0, control_accounts=0)
    weights = [stratum.treated / treated for stratum in matched]
    treated_rate = sum(stratum.treated_reached for stratum in matched) / treated
    control_rate = sum(
        weight * stratum.control_reached / stratum.control
        for weight, stratum in zip(weights, matched, strict=True)
    )
    # Rounding can make the weights sum to a little more than 1.
    control_rate = min(control_rate, 1.0)
    effective = 1 / sum(weight**2 / stratum.control for weight, stratum in zip(weights, matched, strict=True))
    difference = treated_rate - control_rate
    low, high = _interval(treated_rate, treated, control_rate, effective)
    kind, imbalance = _largest_imbalance(matched, weights, treated)
    return Effect(
        treated_accounts=treated,
        control_accounts=control,
        matched_rate=treated / sum(stratum.treated for stratum in given),
        treated_rate=treated_rate,
        control_rate=control_rate,
        difference=difference,
        ci_low=low,
        ci_high=high,
        p_value=_p_value(treated_rate, treated, control_rate, effective),
        max_std_difference=imbalance,
        least_balanced=kind,
    )


def _interval(
    treated_rate: float, treated: float, control_rate: float, control: float
) -> tuple[float, float]:
    treated_low, treated_high = _wilson(treated_rate, treated)
    control_low, control_high = _wilson(control_rate, control)
    difference = treated_rate - control_rate
    low = difference - math.hypot(treated_rate - treated_low, control_high - control_rate)
    high = difference + math.hypot(treated_high - treated_rate, control_rate - control_low)
    return max(low, -1.0), min(high, 1.0)


def _wilson(rate: float, count: float) -> tuple[float, float]:
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    centre = (rate + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * math.sqrt(rate * (1 - rate) / count + z**2 / (4 * count**2))
    return max(centre - half, 0.0), min(centre + half, 1.0)


def _p_value(treated_rate: float, treated: float, control_rate: float, control: float) -> float:
    pooled = (treated_rate * treated + control_rate * control) / (treated + control)
    variance = pooled * (1 - pooled) * (1 / treated + 1 / control)
    # Where all accounts or none reached the outcome, both rates are equal.
    if variance <= 0:
        return 1.0
    return math.erfc(abs(treated_rate - control_rate) / math.sqrt(2 * variance))


def _largest_imbalance(
    matched: list[Stratum], weights: list[float], treated: int
) -> tuple[str | None, float | None]:
    """The kind in which both sides differ most after weighting, in standard deviations.

    None where all accounts are of one kind.
    """
    found: dict[str, float] = {}
    for kind in Kind:
        treated_share = sum(stratum.treated_kinds[kind] for stratum in matched) / treated
        control_share = sum(
            weight * stratum.control_kinds[kind] / stratum.control
            for weight, stratum in zip(weights, matched, strict=True)
        )
        variance = (treated_share * (1 - treated_share) + control_share * (1 - control_share)) / 2
        if variance > 0:
            found[kind.value] = (treated_share - control_share) / math.sqrt(variance)
    if not found:
        return None, None
    largest = max(found, key=lambda kind: abs(found[kind]))
    return largest, found[largest]
