"""What became of a date: what the service said of each table, or why nothing is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.outcome import BLOCKED, COMPLETED, FAILED, WITH_FINDINGS, Overall, Status

GOOD = frozenset(
    {Status.SUCCESS, Status.UNCHANGED, Status.SKIPPED_BOOTSTRAP, Status.SKIPPED_NO_GAMES}
)
MILD_TO_BAD = (COMPLETED, WITH_FINDINGS, BLOCKED, FAILED)
WORDS = {Status.PARTIAL: WITH_FINDINGS, Status.BLOCKED: BLOCKED}


class Ending(StrEnum):
    """How one request ended."""

    ANSWERED = "answered"
    REFUSED = "refused"
    GARBLED = "not an answer of ours"
    BROKE_CONTRACT = "broke the contract"
    BROKEN_OFF = "broken off"
    TIMED_OUT = "timed out"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the service said of one table of the date."""

    table: str
    status: Status
    reason: str
    rows: int
    transient: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One request and what came of it."""

    ending: Ending
    message: str = ""
    said: tuple[Said, ...] = ()
    run_id: str | None = None
    http_status: int | None = None
    retry_after: float | None = None
    retryable: bool = False
    """As a refusal says of itself."""


@dataclass(frozen=True, kw_only=True)
class DateDone:
    """A date that is not asked for again in this run."""

    day: date
    last: Attempt
    attempts: int
    seconds: float

    @property
    def word(self) -> Overall:
        """Good only where every asked table is; no answer is a failure."""
        if self.last.ending is not Ending.ANSWERED:
            return FAILED
        return worst(word_of(one.status) for one in self.last.said)

    @property
    def failure(self) -> str | None:
        """The sentence, where there is one."""
        if self.last.ending is not Ending.ANSWERED:
            return f"{self.last.ending}: {self.last.message}"
        bad = [one for one in self.last.said if one.status not in GOOD]
        return "; ".join(f"{one.table} {one.status}: {one.reason}" for one in bad) or None


def alike(reason: str) -> str:
    """Without its numbers: dates and counts differ where the cause doesn't."""
    return re.sub(r"\d+", "#", reason)


def word_of(status: Status) -> Overall:
    return COMPLETED if status in GOOD else WORDS.get(status, FAILED)


def worst(words: Iterable[Overall]) -> Overall:
    return max(words, key=MILD_TO_BAD.index, default=COMPLETED)
