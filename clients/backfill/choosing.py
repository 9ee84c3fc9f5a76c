"""Which of the dates are asked of the service, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum

from clients.backfill.classifying import UNDONE, Classified, Lot


class Only(StrEnum):
    """Which of the dates that are to be processed."""

    ALL = "all"
    MISSING = "missing"
    STALE = "stale"
    FAILED = "failed"


def chosen(
    classified: Classified,
    *,
    only: Only,
    failed: Collection[date],
    force: bool,
    sample: int | None,
    reverse: bool,
) -> tuple[date, ...]:
    """What is fresh is asked for only by force."""
    lots = (UNDONE | {Lot.FRESH}) if force else UNDONE
    days = classified.days(*lots)
    match only:
        case Only.MISSING | Only.STALE:
            days = tuple(day for day in days if Lot(only.value) in classified.lots[day])
        case Only.FAILED:
            days = tuple(day for day in days if day in failed)
    days = spread(days, sample) if sample is not None else days
    return days[::-1] if reverse else days


def spread(days: Sequence[date], number: int) -> tuple[date, ...]:
    """The first, the last, and others evenly between them."""
    if number >= len(days):
        return tuple(days)
    if number == 1:
        return (days[0],)
    last = len(days) - 1
    return tuple(days[round(at * last / (number - 1))] for at in range(number))
