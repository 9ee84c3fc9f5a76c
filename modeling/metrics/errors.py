"""How far predictions are from the points that were scored."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from modeling.arrays import Floats


@dataclass(frozen=True, kw_only=True)
class Errors:
    """Over rows of which both are known; NaN where there is none."""

    n: int
    mae: float
    rmse: float
    bias: float
    """Mean of predicted - actual: above 0 predicts too much."""


def errors(predicted: Floats, actual: Floats) -> Errors:
    """Rows that lack either don't count."""
    off = predicted - actual
    off = off[np.isfinite(off)]
    if not len(off):
        return Errors(n=0, mae=math.nan, rmse=math.nan, bias=math.nan)
    return Errors(
        n=len(off),
        mae=float(np.mean(np.abs(off))),
        rmse=float(np.sqrt(np.mean(off**2))),
        bias=float(np.mean(off)),
    )
