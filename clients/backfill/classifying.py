"""The asked dates by what the service's plan says of them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.state import State
from processors.errors import UsageError

if TYPE_CHECKING:
    from service.models.answers import PlannedItem


class Lot(StrEnum):
    """What is to be done with a date, the most urgent first."""

    MISSING = "missing"
    STALE = "stale"
    BLOCKED = "blocked"
    FRESH = "fresh"
    BOOTSTRAP = "bootstrap"
    NO_GAMES = "no games"


LOTS = {
    State.MISSING: Lot.MISSING,
    State.STALE_CODE: Lot.STALE,
    State.STALE_INPUT: Lot.STALE,
    State.MAYBE_STALE: Lot.STALE,
    State.BLOCKED: Lot.BLOCKED,
    State.FRESH: Lot.FRESH,
    State.BOOTSTRAP: Lot.BOOTSTRAP,
    State.NO_GAMES: Lot.NO_GAMES,
}
URGENT = tuple(Lot)
UNDONE = frozenset({Lot.MISSING, Lot.STALE, Lot.BLOCKED})
REMOVED = (Lot.BOOTSTRAP, Lot.NO_GAMES)
MEANT = {Lot.BOOTSTRAP: "bootstrap (by design)", Lot.NO_GAMES: "without games"}


@dataclass(frozen=True)
class Classified:
    """Each asked date with the lots that its tables are in, and the sentence of the most urgent."""

    lots: Mapping[date, frozenset[Lot]]
    reasons: Mapping[date, str]

    def lot(self, day: date) -> Lot:
        """The most urgent of its tables': a date is done only when all of them are."""
        return min(self.lots[day], key=URGENT.index)

    def days(self, *lots: Lot) -> tuple[date, ...]:
        return tuple(day for day in self.lots if self.lot(day) in lots)

    @property
    def counts(self) -> Counter[Lot]:
        return Counter(self.lot(day) for day in self.lots)

    def __str__(self) -> str:
        """`235 dates: 207 to process, 28 bootstrap (by design)`."""
        counts = self.counts
        undone = sum(counts[lot] for lot in UNDONE)
        parts = [f"{undone} to process"]
        if counts[Lot.FRESH]:
            parts.append(f"{counts[Lot.FRESH]} fresh already")
        parts += [f"{counts[lot]} {MEANT[lot]}" for lot in REMOVED if counts[lot]]
        said = f"{len(self.lots)} dates: {', '.join(parts)}"
        if counts[Lot.STALE] or counts[Lot.BLOCKED]:
            lots = [f"{counts[lot]} {lot}" for lot in URGENT if lot in UNDONE and counts[lot]]
            said += f" (of those to process {', '.join(lots)})"
        return said


def classify(
    days: Sequence[date], tables: Sequence[str], items: Iterable[PlannedItem]
) -> Classified:
    """By the asked tables only; a date that the plan leaves out would be lost in silence."""
    wanted = set(days)
    by_day: dict[date, dict[str, PlannedItem]] = {}
    for item in items:
        if item.table in tables and item.date in wanted:
            by_day.setdefault(item.date, {})[item.table] = item
    lots: dict[date, frozenset[Lot]] = {}
    reasons: dict[date, str] = {}
    for day in days:
        found = by_day.get(day, {})
        unsaid = [table for table in tables if table not in found]
        if unsaid:
            raise UsageError(f"the service's plan says nothing of {', '.join(unsaid)} on {day}")
        urgent = min(found.values(), key=lambda item: URGENT.index(LOTS[item.state]))
        lots[day] = frozenset(LOTS[item.state] for item in found.values())
        reasons[day] = urgent.reason
    return Classified(lots, reasons)


def write_removed(classified: Classified, path: Path) -> int:
    """The dates that are not asked for, each with the calendar's reason; how many."""
    removed = classified.days(*REMOVED)
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["date", "reason"])
            writer.writerows(
                (day, f"{classified.lot(day)}: {classified.reasons[day]}") for day in removed
            )
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from error
    return len(removed)
