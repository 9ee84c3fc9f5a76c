"""Array types, seeded generators, and rounding that keeps a sum."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Times = NDArray[np.datetime64]
Pick = Ints | Bools
"""Rows, by number or by mask."""


def dice(seed: int, *labels: int | str) -> np.random.Generator:
    """A generator for one purpose, so that what one file draws never shifts what another does."""
    return np.random.default_rng([seed, *(crc32(str(label).encode()) for label in labels)])


def ranks(scores: Floats) -> Ints:
    """The place of each score in its row, 0 for the highest; ties go to the earlier column."""
    places: Ints = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1, kind="stable")
    return places


def round_to(values: Floats, totals: Ints) -> Ints:
    """Round each row to whole numbers whose sum is the row's total."""
    whole = np.floor(values)
    short = totals - whole.sum(axis=1)
    rounded: Ints = (whole + (ranks(values - whole) < short[:, None])).astype(np.int64)
    return rounded


def apportion(shares: Floats, totals: Ints) -> Ints:
    """Divide each row's total by its shares; who has no share gets nothing."""
    return round_to(shares * (totals / shares.sum(axis=1))[:, None], totals)


def deal(rng: np.random.Generator, totals: Ints, weights: Floats) -> Ints:
    """Deal each row's total at random, by weight along the last axis."""
    sums = weights.sum(axis=-1, keepdims=True)
    shares = np.divide(weights, sums, out=np.full_like(weights, 0.0), where=sums > 0)
    return rng.multinomial(totals, shares)


def drift(rng: np.random.Generator, count: int, days: int, *, memory: float) -> Floats:
    """One slow random walk a row, of mean 0 and deviation 1, that forgets at the given rate."""
    shocks = rng.standard_normal((count, days))
    fresh = np.sqrt(1 - memory**2)
    walk = np.empty_like(shocks)
    walk[:, 0] = shocks[:, 0]
    for day in range(1, days):
        walk[:, day] = memory * walk[:, day - 1] + fresh * shocks[:, day]
    return walk


def choose(rng: np.random.Generator, odds: dict[int, float], size: int) -> Ints:
    """Draw whole numbers by their odds."""
    shares = np.array(list(odds.values()))
    drawn: Ints = rng.choice(np.array(list(odds)), size=size, p=shares / shares.sum())
    return drawn
