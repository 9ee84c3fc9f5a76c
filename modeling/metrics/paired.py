"""Two predictors on the same rows: the difference of their MAE, and how sure it is.

Players of one evening share its pace, its whistles and its blow-outs, so that evenings are drawn
again, not rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from modeling.arrays import Days, Floats

DRAWS = 2000
SEED = 20
MIDDLE = (2.5, 97.5)
"""Percentiles between which 95 % of the draws lie."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """MAE of the first - MAE of the second: below 0 the first is nearer."""

    n: int
    dates: int
    mae: float
    low: float
    high: float

    @property
    def is_below_zero(self) -> bool:
        """Beyond chance."""
        return self.n > 0 and self.high < 0

    @property
    def is_above_zero(self) -> bool:
        return self.n > 0 and self.low > 0


def difference(first: Floats, second: Floats, actual: Floats, days: Days) -> Difference:
    """On rows where all three are known, with a bootstrap over the dates; equal inputs give equal
    intervals."""
    gain = np.abs(first - actual) - np.abs(second - actual)
    known = np.isfinite(gain)
    if not known.any():
        return Difference(n=0, dates=0, mae=math.nan, low=math.nan, high=math.nan)
    evenings, place = np.unique(days[known], return_inverse=True)
    sums = np.bincount(place, weights=gain[known])
    rows = np.bincount(place)
    drawn = np.random.default_rng(SEED).integers(0, len(evenings), (DRAWS, len(evenings)))
    means = sums[drawn].sum(axis=1) / rows[drawn].sum(axis=1)
    low, high = np.percentile(means, MIDDLE)
    return Difference(
        n=int(known.sum()),
        dates=len(evenings),
        mae=float(sums.sum() / rows.sum()),
        low=float(low),
        high=float(high),
    )
