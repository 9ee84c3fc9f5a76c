"""What became of a message: one pure decision over the outcomes of its runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.outcome import Outcome, Status
from pipeline.run import Report
from processors.errors import WarehouseTransient


class Word(StrEnum):
    """All of them are acknowledged: another delivery would change nothing."""

    DONE = "done"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    BLOCKED = "blocked"
    DUPLICATE = "duplicate"
    DEAD_LETTER = "dead_letter"


class Kind(StrEnum):
    """What is wrong with a dead letter."""

    MALFORMED = "malformed"
    UNKNOWN_TABLE = "unknown_table"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The word, and why; a dead letter also says of what kind it is."""

    word: Word
    reason: str
    kind: Kind | None = None


def dead(kind: Kind, reason: str) -> Receipt:
    return Receipt(word=Word.DEAD_LETTER, reason=reason, kind=kind)


def receipt_of(reports: Sequence[Report]) -> Receipt:
    """The worst decides. What another delivery may cure is raised: nobody must acknowledge it."""
    results = [one for report in reports for one in report.results]
    passing = [
        one
        for one in (*results, *(one for report in reports for one in report.prepared))
        if one.transient
    ]
    if passing:
        raise WarehouseTransient(_first(passing))
    for status, kind in ((Status.FAILED, Kind.FAILED), (Status.REJECTED, Kind.REJECTED)):
        if lost := [one for one in results if one.status is status]:
            return dead(kind, _first(lost))
    if blocked := [one for one in results if one.status is Status.BLOCKED]:
        return Receipt(word=Word.BLOCKED, reason=_first(blocked))
    statuses = {one.status for one in results}
    if statuses & {Status.SUCCESS, Status.PARTIAL}:
        word = Word.DONE
    else:
        word = Word.UNCHANGED if Status.UNCHANGED in statuses else Word.SKIPPED
    return Receipt(word=word, reason=f"runs {', '.join(one.run_id for one in reports)}")


def _first(outcomes: Sequence[Outcome]) -> str:
    """One in full, the others by number."""
    one, more = outcomes[0], len(outcomes) - 1
    rest = f" (and {more} more)" if more else ""
    return f"{one.table} of {one.day}: {one.reason}{rest}"
