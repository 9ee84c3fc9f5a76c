"""What the warehouse holds now: fingerprints and games by date, summed over any window at once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import accumulate
from operator import add, xor
from typing import NamedTuple

from pipeline.calendar import Calendar
from processors.contract import Contract, Input
from processors.registry import Processor, Registry
from warehouse.interface import NOTHING, Fingerprint, Warehouse, proven_columns
from warehouse.texts import games_present

MARGIN = timedelta(days=400)
"""Windows reach further back than the calendar's own first day only by their declared days."""


class Series:
    """Values by date, with prefix sums: the value of a window is one difference."""

    def __init__(self, first: date, days: int) -> None:
        self._base = first.toordinal()
        self._mixed = [0] * days
        self._rows = [0] * days
        self._mixed_up_to = [0] * (days + 1)
        self._rows_up_to = [0] * (days + 1)
        self._summed = days
        """Up to here the sums are right."""

    def set(self, day: date, fingerprint: Fingerprint | None) -> None:
        index = day.toordinal() - self._base
        if 0 <= index < len(self._rows):
            self._mixed[index] = _mixed(day, fingerprint) if fingerprint else 0
            self._rows[index] = fingerprint.rows if fingerprint else 0
            self._summed = min(self._summed, index)

    def over(self, first: date, last: date) -> tuple[int, int]:
        """Rows and content of [first, last], which the series must span."""
        start, end = first.toordinal() - self._base, last.toordinal() - self._base + 1
        if end <= start:
            return 0, 0
        if end > self._summed:
            self._sum()
        return (
            self._rows_up_to[end] - self._rows_up_to[start],
            self._mixed_up_to[end] ^ self._mixed_up_to[start],
        )

    def _sum(self) -> None:
        """Only from the first date that was set."""
        since = self._summed
        self._mixed_up_to[since:] = accumulate(
            self._mixed[since:], xor, initial=self._mixed_up_to[since]
        )
        self._rows_up_to[since:] = accumulate(
            self._rows[since:], add, initial=self._rows_up_to[since]
        )
        self._summed = len(self._rows)


def _mixed(day: date, fingerprint: Fingerprint) -> int:
    """The date goes in: rows that move from one date to another change both."""
    text = f"{day} {fingerprint}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


class GamesHeld(NamedTuple):
    """Counts by date: games that are over, of which both teams are held, and held whole."""

    final: Series
    held: Series
    whole: Series


class Content:
    """Reads each table once for all its readers; what this process publishes it reads again."""

    def __init__(self, warehouse: Warehouse, registry: Registry, calendar: Calendar) -> None:
        self._warehouse = warehouse
        self._registry = registry
        dates = calendar.game_dates
        self.first = (dates[0] if dates else date(2000, 1, 1)) - MARGIN
        self.last = (dates[-1] if dates else date(2000, 1, 1)) + MARGIN
        self._views: dict[str, dict[tuple[str, ...], Series]] = {}
        self._stored: dict[str, dict[date, Fingerprint]] = {}
        self._keyed: dict[tuple[str, str], dict[date, Fingerprint]] = {}
        self._whole: dict[tuple[str, str], Fingerprint] = {}
        self._games: dict[str, GamesHeld] = {}
        self.changes: Counter[str] = Counter()
        """How often a table was read again: what was concluded from it holds while this stands."""

    def over(self, processor: Processor, feed: Input, first: date, last: date) -> tuple[int, int]:
        """Rows and content of an input's window, in the columns that this processor reads."""
        contract = self._registry.contracts[feed.table]
        return self._series(contract)[self._columns(processor, contract)].over(first, last)

    def by_key(self, processor: Processor, contract: Contract, day: date) -> Fingerprint:
        """Content of a table without dates, for the entities that the stored date holds."""
        pair = (processor.table, contract.table)
        if pair not in self._keyed:
            self._keyed[pair] = self.read_by_key(
                processor, contract, staged=False, first=self.first, last=self.last
            )
        return self._keyed[pair].get(day, NOTHING)

    def whole(self, processor: Processor, contract: Contract) -> Fingerprint:
        """All of a table without dates: for dates whose bad rows can't hold their keys."""
        pair = (processor.table, contract.table)
        if pair not in self._whole:
            self._whole[pair] = self._warehouse.fingerprint(
                contract, self._columns(processor, contract)
            )
        return self._whole[pair]

    def read_by_key(
        self, processor: Processor, contract: Contract, *, staged: bool, first: date, last: date
    ) -> dict[date, Fingerprint]:
        return self._warehouse.fingerprints_by_key(
            contract,
            self._columns(processor, contract),
            reader=processor.contract,
            staged=staged,
            first=first,
            last=last,
        )

    def stored(self, contract: Contract) -> dict[date, Fingerprint]:
        """Output fingerprints of a computed table, by scan."""
        self._series(contract)
        return self._stored[contract.table]

    def games(self, contract: Contract) -> GamesHeld:
        """Final games by date, and those that the table holds."""
        if contract.table not in self._games:
            self._games[contract.table] = GamesHeld(*(self._new_series() for _ in range(3)))
            self._read_games(contract, self.first, self.last)
        return self._games[contract.table]

    def changed(self, contract: Contract, days: Sequence[date]) -> None:
        """These dates were written by us: read them again, and nothing else."""
        self.changes[contract.table] += 1
        first, last = min(days), max(days)
        if contract.table in self._views:
            self._read(contract, first, last)
        if contract.table in self._games:
            self._read_games(contract, first, last)
        for pair in [pair for pair in self._keyed if contract.table in pair]:
            del self._keyed[pair]

    def _columns(self, processor: Processor, contract: Contract) -> tuple[str, ...]:
        """What is read, and always the key: equal rows of two entities must not cancel out."""
        read = processor.statement.reads[contract.table]
        return tuple(dict.fromkeys((*contract.key, *read)))

    def _series(self, contract: Contract) -> dict[tuple[str, ...], Series]:
        if contract.table not in self._views:
            views = [
                self._columns(one, contract) for one in self._registry.consumers(contract.table)
            ]
            if contract.is_computed:
                views.append(proven_columns(contract))
            self._views[contract.table] = {view: self._new_series() for view in views}
            self._stored[contract.table] = {}
            self._read(contract, self.first, self.last)
        return self._views[contract.table]

    def _read(self, contract: Contract, first: date, last: date) -> None:
        views = self._views[contract.table]
        found = self._warehouse.fingerprints(contract, list(views), first=first, last=last)
        for (view, series), by_day in zip(views.items(), found, strict=True):
            for day in _days(first, last) if first != self.first else by_day:
                series.set(day, by_day.get(day))
            if contract.is_computed and view == proven_columns(contract):
                stored = self._stored[contract.table]
                for day in [day for day in stored if first <= day <= last]:
                    del stored[day]
                stored.update(by_day)

    def _read_games(self, contract: Contract, first: date, last: date) -> None:
        games = self._games[contract.table]
        rows = self._warehouse.rows(games_present(contract), first_date=first, last_date=last)
        for day, *counts in rows:
            for series, count in zip(games, counts, strict=True):
                series.set(day, Fingerprint(count, 0))

    def _new_series(self) -> Series:
        return Series(self.first, (self.last - self.first).days + 1)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))
