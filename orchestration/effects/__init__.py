"""What campaigns changed: treated accounts against comparable control accounts."""

from orchestration.effects.matching import (
    STRATA,
    Effect,
    Kind,
    Stratum,
    estimate_effect,
    estimate_effects,
    strata_of,
)

__all__ = ["STRATA", "Effect", "Kind", "Stratum", "estimate_effect", "estimate_effects", "strata_of"]
