"""The betting-line cascade, the same for points, spread and total."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from tests.oracle.numbers import median


class Snapshot(NamedTuple):
    """One line seen before tip-off, in hundredths."""

    captured_at: datetime
    provider: str
    bookmaker: str
    value: int


class Line(NamedTuple):
    """What the cascade finds, in hundredths."""

    current: int
    opening: int
    provider: str
    bookmaker: str
    captured_at: datetime


STEPS: tuple[tuple[str, bool], ...] = (
    ("draftkings", False),
    ("draftkings", True),
    ("fanduel", False),
    ("fanduel", True),
    ("consensus", True),
)
"""Bookmaker, and whether the provider is bettingpros; after these the median."""


def cascade(
    snapshots: list[Snapshot], steps: Collection[int] = range(len(STEPS) + 1)
) -> Line | None:
    """The first hit, or the median over the books; None where only a foreign consensus is left."""
    for number, (bookmaker, is_bettingpros) in enumerate(STEPS):
        if number not in steps:
            continue
        hits = [
            snapshot
            for snapshot in snapshots
            if snapshot.bookmaker == bookmaker
            and (snapshot.provider == "bettingpros") == is_bettingpros
        ]
        if hits:
            return _hit(hits)
    return _median(snapshots) if len(STEPS) in steps else None


def latest(snapshots: Iterable[Snapshot]) -> Snapshot:
    """The latest snapshot, of equal times that of the alphabetically first provider."""
    ordered = sorted(snapshots, key=lambda snapshot: snapshot.provider)
    return max(ordered, key=lambda snapshot: snapshot.captured_at)


def earliest(snapshots: Iterable[Snapshot]) -> Snapshot:
    """The earliest snapshot, of equal times that of the alphabetically first provider."""
    return min(snapshots, key=lambda snapshot: (snapshot.captured_at, snapshot.provider))


def each_book(
    snapshots: list[Snapshot], pick: Callable[[list[Snapshot]], Snapshot]
) -> list[Snapshot]:
    """One snapshot a book, whichever provider it came by; consensus is no book."""
    books: dict[str, list[Snapshot]] = {}
    for snapshot in snapshots:
        if snapshot.bookmaker != "consensus":
            books.setdefault(snapshot.bookmaker, []).append(snapshot)
    return [pick(book) for book in books.values()]


def _hit(hits: list[Snapshot]) -> Line:
    won = latest(hits)
    opening = earliest(hit for hit in hits if hit.provider == won.provider)
    return Line(won.value, opening.value, won.provider, won.bookmaker, won.captured_at)


def _median(snapshots: list[Snapshot]) -> Line | None:
    lasts = each_book(snapshots, latest)
    if not lasts:
        return None
    return Line(
        current=median([last.value for last in lasts]),
        opening=median([first.value for first in each_book(snapshots, earliest)]),
        provider="median",
        bookmaker="median",
        captured_at=max(last.captured_at for last in lasts),
    )
