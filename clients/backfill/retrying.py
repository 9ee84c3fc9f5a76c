"""Which failures another try helps, how long to wait for it, and when to stop trying at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from clients.backfill.results import Attempt, DateDone, Ending, alike
from pipeline.outcome import FAILED

PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""Codes of whatever stands between that may be gone the next time."""
MOST_EQUAL = 5


def retry_helps(attempt: Attempt) -> bool:
    match attempt.ending:
        case Ending.ANSWERED:
            return any(one.transient for one in attempt.said)
        case Ending.REFUSED:
            return attempt.retryable
        case Ending.GARBLED:
            return attempt.http_status in PASSING or (attempt.http_status or 0) < 400
        case Ending.BROKE_CONTRACT:
            return False
        case _:
            return True


def may_have_worked(attempt: Attempt) -> bool:
    """Whether the service may have done the date although its answer isn't here."""
    return attempt.ending in (Ending.TIMED_OUT, Ending.BROKEN_OFF, Ending.GARBLED)


@dataclass(frozen=True)
class Backoff:
    """Doubles, with jitter: who failed together doesn't come back together."""

    first: float = 1.0
    longest: float = 30.0
    attempts: int = 8
    """Of one date. Together they wait about a minute and a half: a service starts in that."""
    random: Random = field(default_factory=Random)

    def pause(self, failures: int) -> float:
        """After so many in a row."""
        most = min(self.longest, self.first * 2.0 ** (failures - 1))
        return most * self.random.uniform(0.5, 1)


@dataclass
class Breaker:
    """Equal failures in a row: what failed five dates fails the next two hundred too. A date that
    is blocked doesn't count: it costs nothing and says nothing of the next."""

    most: int = MOST_EQUAL
    _kind: str | None = None
    _example: str = ""
    _count: int = 0

    def told(self, done: DateDone) -> None:
        kind = alike(done.failure or "") if done.word is FAILED else None
        self._count = self._count + 1 if kind == self._kind else 1
        self._kind, self._example = kind, done.failure or ""

    @property
    def reason(self) -> str | None:
        """What they were, once it is too many."""
        if self._kind is None or self._count < self.most:
            return None
        return f"{self._count} dates in a row failed alike: {self._example}"
