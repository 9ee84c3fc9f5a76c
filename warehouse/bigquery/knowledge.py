"""What a process knows of the stored tables: how they stood when it last looked, what it has read
of them, and what it has written since."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime

from processors.contract import Contract, Input
from processors.errors import WarehouseFailed
from warehouse.bigquery import memory, partitions, statements
from warehouse.bigquery.answers import Answers
from warehouse.bigquery.contents import Contents, View
from warehouse.bigquery.names import Place, placed
from warehouse.bigquery.partitions import Partitions
from warehouse.interface import Row

NEVER = -float("inf")

Ask = Callable[[str, str, Mapping[str, object]], list[Row]]
"""What it is in messages, a text with whole names, its parameters."""
Append = Callable[[Mapping[str, Sequence[Mapping[str, object]]]], None]


class Knowledge:
    """Any thread may ask and look."""

    def __init__(
        self, place: Place, contracts: Sequence[Contract], ask: Ask, append: Append
    ) -> None:
        self.place = place
        self.contracts = contracts
        self.contents = Contents(self._scan)
        self.answers = Answers()
        self._ask = ask
        self._append = append
        self._looking = threading.Lock()
        self._looked = NEVER
        self._has_recalled = False
        self._partitions: Mapping[str, Partitions] = {}
        self._wrote_at: dict[str, datetime | None] = {}
        """When, since the last look; None where a publication ended nobody knows how."""

    def look(self, older_than: float, begun: Callable[[], None]) -> bool:
        """Whether anything is not as it was at the last look, if that is so many seconds ago."""
        with self._looking:
            if time.monotonic() - self._looked < older_than:
                return False
            begun()
            if not self._has_recalled:
                self._recall()
            self.keep()
            mark, written = self.contents.mark, dict(self._wrote_at)
            found = self._read()
            differing = partitions.differing(self._partitions, found)
            self._partitions = found
            self.answers.told(found, differing)
            self.contents.told(found, since=mark)
            for table, moment in written.items():
                if self._wrote_at.get(table) is moment:
                    del self._wrote_at[table]
            self._looked = time.monotonic()
            return bool(differing)

    def _read(self) -> Mapping[str, Partitions]:
        places = {tuple(self.place.table(one.table).split(".")): one for one in self.contracts}
        rows = self._ask(
            "the state of the tables",
            partitions.text(sorted({f"{project}.{dataset}" for project, dataset, _ in places})),
            {"tables": sorted({table for _, _, table in places})},
        )
        return partitions.read(
            rows, {(dataset, table): one for (_, dataset, table), one in places.items()}
        )

    def _recall(self) -> None:
        """Learn what other processes have kept."""
        now = datetime.now(UTC).replace(tzinfo=None)
        kept = self._ask(
            "what was read before",
            placed(memory.RECALL, self.place, {}),
            {"since": memory.since(now)},
        )
        self.contents.recall(memory.read(kept))
        self._has_recalled = True

    def keep(self) -> None:
        """Keep what was read for other processes. What isn't kept, because who reads may not write
        or for any other reason, costs them a read and nothing else."""
        new = self.contents.take_new()
        with suppress(WarehouseFailed):
            for start in range(0, len(new), memory.MOST_ROWS):
                rows = memory.as_rows(new[start : start + memory.MOST_ROWS])
                self._append({memory.CONTRACT.table: rows})

    def _scan(
        self, contract: Contract, views: Sequence[View], days: Collection[date]
    ) -> Sequence[Row]:
        return self._ask(
            f"the content of {contract.table}",
            placed(statements.fingerprints(contract, tuple(views)), self.place, {}),
            {"first_date": min(days), "last_date": max(days), "days": sorted(days)},
        )

    def writing(self, table: str) -> None:
        """From here on nobody knows how it stands."""
        self._wrote_at[table] = None

    def wrote(self, contract: Contract, days: Iterable[date], at: datetime | None) -> None:
        """However it ended, what is known of these dates is over; None where it isn't known when
        the rows stood there."""
        self._wrote_at[contract.table] = at
        self.contents.wrote(contract, days)
        self.answers.wrote([contract.table])

    def loaded(self, tables: Iterable[str]) -> None:
        """The next look is due."""
        self.answers.wrote(tables)
        self._looked = NEVER

    def changed_at(self, inputs: Iterable[Input]) -> datetime | None:
        """The last change of any, as far as the last look and we know; None where that isn't known
        of all of them."""
        found: list[datetime | None] = [] if self._partitions else [None]
        for feed in inputs:
            if (table := self._partitions.get(feed.table)) is not None:
                found.append(table.changed_at)
            if feed.table in self._wrote_at:
                found.append(self._wrote_at[feed.table])
        return None if None in found else max(filter(None, found), default=None)
