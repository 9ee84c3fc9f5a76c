"""Answers to the product's own texts, kept while no table that they read has changed: whoever looks
around anew before each date asks for the same of the raw tables again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from warehouse.bigquery.names import names_in
from warehouse.bigquery.partitions import Partitions
from warehouse.interface import Row

MOST_ROWS = 5_000
"""Of an answer that is kept."""
MOST_ANSWERS = 100
BOOKS = "nba_ops."
"""Is written to all the time, and always read."""

Stamp = tuple[tuple[str, int], ...]


@dataclass
class Answers:
    """Of tables with dates, of which BigQuery says when each partition changed."""

    _changes: Counter[str] = field(default_factory=Counter)
    """How often a table was seen or made to change."""
    _settled: Collection[str] = ()
    _kept: dict[tuple[str, str], tuple[Stamp, list[Row]]] = field(default_factory=dict)
    _changing: Lock = field(default_factory=Lock)

    def told(self, partitions: Mapping[str, Partitions], differing: Iterable[str]) -> None:
        with self._changing:
            self._settled = {name for name, one in partitions.items() if one.is_settled}
            self._changes.update(list(differing))

    def wrote(self, tables: Iterable[str]) -> None:
        with self._changing:
            self._changes.update(list(tables))

    def read(
        self, text: str, parameters: Mapping[str, object], ask: Callable[[], list[Row]]
    ) -> list[Row]:
        """Asks unless it is known."""
        tables = names_in(text)
        what = text, repr(sorted(parameters.items()))
        with self._changing:
            # Before it is read: what changes meanwhile makes it worth nothing.
            stamp = tuple((one, self._changes[one]) for one in sorted(tables))
            before, rows = self._kept.get(what, (None, []))
            is_known_of = bool(tables) and all(map(self._tells, tables))
        if not is_known_of:
            return ask()
        if before != stamp:
            rows = ask()
            self._keep(what, stamp, rows)
        return list(rows)

    def _tells(self, table: str) -> bool:
        """Whether its changes are seen."""
        return table in self._settled and not table.startswith(BOOKS)

    def _keep(self, what: tuple[str, str], stamp: Stamp, rows: list[Row]) -> None:
        if len(rows) <= MOST_ROWS:
            with self._changing:
                self._kept.pop(what, None)
                while len(self._kept) >= MOST_ANSWERS:
                    del self._kept[next(iter(self._kept))]
                self._kept[what] = stamp, rows
