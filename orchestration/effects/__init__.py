"""What campaigns changed: touched accounts against comparable untouched ones."""

from orchestration.effects.matching import Effect, Kind, Stratum, estimate_effect, estimate_effects, strata_of

__all__ = ["Effect", "Kind", "Stratum", "estimate_effect", "estimate_effects", "strata_of"]
