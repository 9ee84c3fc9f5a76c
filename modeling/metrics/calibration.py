"""Calibration: whether those of whom much is predicted score so much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from modeling.arrays import Floats

BINS = 10


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Rows of neighbouring predictions."""

    n: int
    predicted: float
    actual: float


def calibration(predicted: Floats, actual: Floats, bins: int = BINS) -> Iterator[Bin]:
    """From the lowest predictions to the highest, about as many rows in each."""
    known = np.isfinite(predicted) & np.isfinite(actual)
    said, was = predicted[known], actual[known]
    order = np.argsort(said, kind="stable")
    for part in np.array_split(order, min(bins, len(order)) or 1):
        if len(part):
            yield Bin(
                n=len(part),
                predicted=float(np.mean(said[part])),
                actual=float(np.mean(was[part])),
            )
