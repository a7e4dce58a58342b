"""Random numbers that depend on the seed, the purpose and the month alone, not on the order of the code."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.signedinteger[Any]]
Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]


def stream(seed: int, purpose: str, month: int = -1) -> np.random.Generator:
    """A generator of its own for one purpose in one month."""
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(purpose.encode()), month + 1]))
    )


def happens(rng: np.random.Generator, chance: Floats) -> Bools:
    """Whether each event happens, given its `chance` (0-1)."""
    return rng.random(len(chance)) < chance


def pick(rng: np.random.Generator, shares: ArrayLike, size: int) -> Ints:
    """`size` codes 0, 1, … with chances proportional to `shares`."""
    cumulative = np.cumsum(np.asarray(shares, dtype=float))
    return np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right").astype(np.int64)


def pick_by_row(rng: np.random.Generator, shares: Floats) -> Ints:
    """One code per row of `shares` (rows x codes), with chances proportional to the row."""
    cumulative = np.cumsum(shares, axis=1)
    level = rng.random(len(shares)) * cumulative[:, -1]
    return (cumulative <= level[:, None]).sum(axis=1).clip(max=shares.shape[1] - 1)


def repeat_by_rate(rng: np.random.Generator, rate: Floats) -> Ints:
    """Each position repeated by a Poisson draw with its rate."""
    return np.repeat(np.arange(len(rate), dtype=np.int64), rng.poisson(rate))


def logistic(x: Floats) -> Floats:
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + np.exp(-x))
