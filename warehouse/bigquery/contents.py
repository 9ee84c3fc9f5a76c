"""Content by date that was read once: it holds while BigQuery says that nothing changed since."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Lock

from processors.contract import Contract
from warehouse.bigquery.identity import digest
from warehouse.bigquery.memory import Memory
from warehouse.bigquery.partitions import NONE, Held, Partitions
from warehouse.bigquery.statements import content
from warehouse.interface import Fingerprint, Row

SLACK = timedelta(minutes=2)
"""A read that began this soon after a change may have seen what was before it: BigQuery doesn't say
whether a partition's moment is of a transaction's statement or of its end."""

View = tuple[str, ...]
Scan = Callable[[Contract, Sequence[View], Collection[date]], Sequence[Row]]
"""Reads these dates: date, moment of looking, rows, and the content of each view."""


@dataclass
class Contents:
    """What this process has read. Whoever looks at the partitions anew takes a `mark` before, and
    hands it in with what he was `told`: what we published meanwhile, he may not have seen."""

    scan: Scan
    _known: dict[tuple[str, date], Memory] = field(default_factory=dict)
    _new: list[Memory] = field(default_factory=list)
    """What no other process can know of yet."""
    _partitions: Mapping[str, Partitions] = field(default_factory=dict)
    _written: dict[tuple[str, date], int] = field(default_factory=dict)
    """What we have published, with the number of the publication."""
    _publications: int = 0
    _changing: Lock = field(default_factory=Lock)

    @property
    def mark(self) -> int:
        return self._publications

    def told(self, partitions: Mapping[str, Partitions], *, since: int) -> None:
        with self._changing:
            self._partitions = partitions
            self._written = {
                what: number for what, number in self._written.items() if number > since
            }

    def wrote(self, contract: Contract, days: Iterable[date]) -> None:
        with self._changing:
            self._publications += 1
            self._written |= {(contract.table, day): self._publications for day in days}

    def recall(self, memories: Iterable[Memory]) -> None:
        """What another process has read and kept."""
        with self._changing:
            self._known = {(one.table, one.day): one for one in memories} | self._known

    def take_new(self) -> list[Memory]:
        """What is to be kept for other processes, each once."""
        with self._changing:
            new, self._new = self._new, []
        return new

    def read(
        self, contract: Contract, views: Sequence[View], *, first: date, last: date
    ) -> list[dict[date, Fingerprint]]:
        """Asks only for the dates that may have changed; for none at all where none has."""
        table = contract.table
        names = [_name(view) for view in views]
        with self._changing:
            # A view of others' has no partitions either; a table of ours without any is empty.
            is_empty = contract.written_here and bool(self._partitions)
            partitions = self._partitions.get(table, NONE if is_empty else None)
            due = {day for name, day in self._written if name == table and first <= day <= last}
            if partitions is None or not partitions.is_settled:
                due.update(_days(first, last))
                held: Collection[date] = ()
            else:
                held = [d for d, one in partitions.days.items() if one.rows and first <= d <= last]
                due.update(
                    day for day in held if not self._holds(table, names, day, partitions.days[day])
                )
        fresh = self._looked_at(contract, views, names, due) if due else {}
        with self._changing:
            seen = {day: self._known[table, day] for day in held if day not in due} | fresh
        return [
            {day: Fingerprint(one.held, one.contents[name]) for day, one in seen.items()}
            for name in names
        ]

    def _holds(self, table: str, names: Collection[str], day: date, held: Held) -> bool:
        known = self._known.get((table, day))
        return known is not None and _is_of(known, held) and known.contents.keys() >= set(names)

    def _looked_at(
        self, contract: Contract, views: Sequence[View], names: Sequence[str], days: set[date]
    ) -> dict[date, Memory]:
        found = {
            day: Memory(
                table=contract.table,
                day=day,
                held=held,
                contents=dict(zip(names, contents, strict=True)),
                looked_at=looked_at,
            )
            for day, looked_at, held, *contents in self.scan(contract, views, days)
        }
        with self._changing:
            self._known |= {(contract.table, day): one for day, one in found.items()}
            self._new += found.values()
        return found


def _is_of(known: Memory, held: Held) -> bool:
    return known.held == held.rows and held.changed_at + SLACK < known.looked_at


def _name(view: View) -> str:
    """The content's definition is in it: another release may take another."""
    return digest(content(view))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
