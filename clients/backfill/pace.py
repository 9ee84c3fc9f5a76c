"""How fast may be asked: a token bucket from start to start, and how many may be in flight."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

RATE, IN_FLIGHT = 5.0, 4
"""Gentle: a service over one file computes one date at a time; more in flight only wait there."""
LONGEST_HOLD = 300.0
"""Whoever tells us to come back in an hour is asked again sooner."""


@dataclass
class Pace:
    """Pure: every question brings its moment with it. Grows by one in flight after as many
    successes as may be in flight, halves under pressure, and stays between one and `most`."""

    rate: float
    """Starts a second."""
    most: int
    first: int = 2
    in_flight: int = field(init=False, default=0)
    _allowed: float = field(init=False)
    _next_start: float = field(init=False, default=-math.inf)
    _held_until: float = field(init=False, default=-math.inf)
    _halved_at: float = field(init=False, default=-math.inf)

    def __post_init__(self) -> None:
        self._allowed = float(min(self.first, self.most))

    @property
    def allowed(self) -> int:
        return int(self._allowed)

    def wait(self, now: float) -> float:
        """Seconds until a request may start: none, some, or endless until one ends."""
        if self.in_flight >= self.allowed:
            return math.inf
        return max(0.0, self._next_start - now, self._held_until - now)

    def start(self, now: float) -> None:
        self.in_flight += 1
        self._next_start = now + 1 / self.rate

    def end(self) -> None:
        self.in_flight -= 1

    def went_well(self) -> None:
        self._allowed = min(float(self.most), self._allowed + 1 / self._allowed)

    def pressed(self, now: float, *, started: float, retry_after: float | None = None) -> None:
        """A 429 or a 503. What had started before the last halving tells nothing new."""
        if started >= self._halved_at:
            self._allowed = float(max(1, self.allowed // 2))
            self._halved_at = now
        if retry_after is not None:
            self._held_until = max(self._held_until, now + min(retry_after, LONGEST_HOLD))
