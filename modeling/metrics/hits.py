"""How often the side that a prediction takes wins against the line; a push is a push."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modeling.arrays import Bools, Floats
from pipeline.audit.backtest import wilson


@dataclass(frozen=True, kw_only=True)
class Hits:
    """Picks of one side or both, settled."""

    won: int
    lost: int
    pushed: int

    @property
    def decided(self) -> int:
        return self.won + self.lost

    @property
    def rate(self) -> float | None:
        """Of those that were decided."""
        return self.won / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, 95 %; everything is possible where nothing was decided."""
        return wilson(self.won, self.decided)


@dataclass(frozen=True, kw_only=True)
class Picks:
    """What is picked at one edge: wherever a prediction is so far from the line, or farther."""

    edge: float
    all: Hits
    over: Hits
    under: Hits


def picks(predicted: Floats, line: Floats, actual: Floats, edge: float) -> Picks:
    """OVER where the prediction is above the line, UNDER where it is below; on it nothing."""
    known = np.isfinite(predicted) & np.isfinite(line) & np.isfinite(actual)
    signed = np.where(known, predicted - line, 0.0)
    taken = known & (np.abs(signed) >= edge) & (signed != 0)
    result = np.sign(signed) * np.sign(np.where(known, actual - line, 0.0))
    return Picks(
        edge=edge,
        all=_settled(result, taken),
        over=_settled(result, taken & (signed > 0)),
        under=_settled(result, taken & (signed < 0)),
    )


def _settled(result: Floats, taken: Bools) -> Hits:
    of_them = result[taken]
    return Hits(
        won=int(np.sum(of_them > 0)),
        lost=int(np.sum(of_them < 0)),
        pushed=int(np.sum(of_them == 0)),
    )
