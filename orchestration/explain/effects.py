"""What each part contributed to the change of a sum or a ratio, as in the mart kpi_change_drivers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import NamedTuple, TypeVar

Part = TypeVar("Part", bound=Hashable)


class Sides(NamedTuple):
    """Numerator and denominator of a part or of all; the denominator is None for an amount or count."""

    numerator: float
    denominator: float | None

    @property
    def value(self) -> float | None:
        """The amount, or the ratio; None where there is none."""
        if self.denominator is None:
            return self.numerator
        return self.numerator / self.denominator if self.denominator else None


NOTHING = Sides(0.0, 0.0)


def contributions(
    now: Mapping[Part, Sides], then: Mapping[Part, Sides], total_now: Sides, total_then: Sides
) -> dict[Part, float]:
    """What each part contributed to the change of all, from `then` to `now`; the parts sum to the change.

    Parts that one side lacks are 0 there. Empty where all has no value on a side.
    """
    value_now, value_then = total_now.value, total_then.value
    if value_now is None or value_then is None:
        return {}
    if total_now.denominator is None or total_then.denominator is None:
        return {
            part: now.get(part, NOTHING).numerator - then.get(part, NOTHING).numerator
            for part in {**now, **then}
        }
    found = {}
    for part in {**now, **then}:
        n1, d1 = now.get(part, NOTHING)
        n0, d0 = then.get(part, NOTHING)
        w1, w0 = (d1 or 0) / total_now.denominator, (d0 or 0) / total_then.denominator
        own_now, own_then = n1 / d1 if d1 else None, n0 / d0 if d0 else None
        r1 = own_now if own_now is not None else own_then or 0.0
        r0 = own_then if own_then is not None else own_now or 0.0
        rate_effect = (w0 + w1) / 2 * (r1 - r0)
        mix_effect = (w1 - w0) * ((r0 + r1) / 2 - (value_then + value_now) / 2)
        unshared_now = 0.0 if d1 else n1 / total_now.denominator
        unshared_then = 0.0 if d0 else n0 / total_then.denominator
        found[part] = rate_effect + mix_effect + unshared_now - unshared_then
    return found
