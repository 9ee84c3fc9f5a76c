"""The warehouse on BigQuery. All that is computed is computed there: through here go counts,
fingerprints, the ledger's rows, and what users ask for."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from processors.contract import Contract, Layer
from processors.errors import UsageError, WarehouseFailed
from processors.registry import Processor, load
from warehouse.bigquery import memory, partitions, statements, turns
from warehouse.bigquery.address import Address
from warehouse.bigquery.answers import Answers
from warehouse.bigquery.catalogue import Catalogue
from warehouse.bigquery.connection import Connection
from warehouse.bigquery.contents import Contents, View
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.labels import AtHand, labels_of
from warehouse.bigquery.loads import Loads
from warehouse.bigquery.names import Place, placed
from warehouse.bigquery.partitions import Partitions
from warehouse.bigquery.publishing import Publishing, contracts_by_table
from warehouse.bigquery.request import Request
from warehouse.bigquery.staging import Staging
from warehouse.bigquery.wanted import ALL_LAYERS, Wanted, wanted_of
from warehouse.differences import Difference
from warehouse.interface import (
    Answer,
    Errand,
    Fingerprint,
    Loaded,
    Publication,
    Row,
    Scratch,
    Span,
    Step,
    Warehouse,
    proven_columns,
)
from warehouse.lane import Lane

NEVER = -float("inf")
OWN = (memory.CONTRACT, turns.CONTRACT)
"""What only this engine keeps."""


class BigQueryWarehouse:
    """Any thread may ask; a statement is a job. Other processes write the same tables: the lane
    orders this one's work only, and `look` notices the others'."""

    is_shared = True

    def __init__(
        self,
        address: Address,
        *,
        owned: Collection[Layer] = ALL_LAYERS,
        maximum_bytes: int | None = None,
        connection: Connection | None = None,
    ) -> None:
        self.address = str(address)
        self.lane = Lane()
        self.writes = 0
        self._where = address
        self._owned = owned
        self._maximum_bytes = maximum_bytes
        self._connection = connection or Connection(address)
        self._jobs = Jobs(self._connection)
        self._catalogue = Catalogue(self._connection, address)
        self._place: Place = address
        self._scratch = f"{address.project}.{address.scratch}"
        self._at_hand = AtHand()
        self._adopt(list(load().contracts.values()))

    def _adopt(self, contracts: Sequence[Contract]) -> None:
        """These are the tables from here on."""
        self._contracts = contracts
        self._looking = threading.Lock()
        self._looked = NEVER
        self._has_recalled = False
        self._partitions: Mapping[str, Partitions] = {}
        self._wrote_at: dict[str, datetime | None] = {}
        """When, since the last look; None where a publication ended nobody knows how."""
        self._contents = Contents(self._scan)
        self._answers = Answers()
        self._staging = Staging(
            self._jobs,
            self._catalogue,
            self._place,
            self._scratch,
            self._maximum_bytes,
        )
        self._publishing = Publishing(
            self._jobs,
            self._place,
            self._staging,
            contracts_by_table([*contracts, *OWN]),
            self._maximum_bytes,
        )

    @property
    def engine(self) -> str:
        return "bigquery"

    def close(self) -> None:
        self._keep_memories()
        self._connection.close()

    def migrate(self, contracts: Sequence[Contract]) -> list[str]:
        done = self._catalogue.apply(self._wanted(contracts))
        self._adopt(contracts)
        return done

    def differences(self, contracts: Sequence[Contract]) -> Mapping[str, Sequence[Difference]]:
        found: dict[str, list[Difference]] = {}
        for one in self._catalogue.differences(self._wanted(contracts)):
            found.setdefault(one.table, []).append(one)
        return found

    def look(self, *, older_than: float = 0) -> None:
        with self._looking:
            if time.monotonic() - self._looked < older_than:
                return
            self._at_hand.labels = {}
            if not self._has_recalled:
                self._recall_memories()
            self._keep_memories()
            mark = self._contents.mark
            written = dict(self._wrote_at)
            places = {self._place_of(one): one for one in self._contracts}
            datasets = sorted({f"{project}.{dataset}" for project, dataset, _ in places})
            rows = self._ask(
                "the state of the tables",
                partitions.text(datasets),
                {"tables": sorted({table for _, _, table in places})},
            )
            found = partitions.read(
                rows, {(dataset, table): one for (_, dataset, table), one in places.items()}
            )
            differing = partitions.differing(self._partitions, found)
            if differing:
                self.writes += 1
            self._partitions = found
            self._answers.told(found, differing)
            self._contents.told(found, since=mark)
            for table, moment in written.items():
                if self._wrote_at.get(table) is moment:
                    del self._wrote_at[table]
            self._looked = time.monotonic()

    def _recall_memories(self) -> None:
        """Learn what other processes have kept."""
        now = datetime.now(UTC).replace(tzinfo=None)
        kept = self._ask(
            "what was read before",
            placed(memory.RECALL, self._place, {}),
            {"since": memory.since(now)},
        )
        self._contents.recall(memory.read(kept))
        self._has_recalled = True

    def _keep_memories(self) -> None:
        """Keep what was read for other processes. What isn't kept, because who reads may not write
        or for any other reason, costs them a read and nothing else."""
        new = self._contents.take_new()
        with suppress(WarehouseFailed):
            for start in range(0, len(new), memory.MOST_ROWS):
                rows = memory.as_rows(new[start : start + memory.MOST_ROWS])
                self._publishing.append({memory.CONTRACT.table: rows})

    def rows(self, text: str, **parameters: object) -> list[Row]:
        whole = placed(text, self._place, self._staging.tables)
        return self._answers.read(text, parameters, lambda: self._ask("a read", whole, parameters))

    def query(self, text: str, *, limit: int, seconds: float) -> Answer:
        # The parser takes its time to load, and only users' own texts need it.
        from warehouse.bigquery.reading import read_user_query

        return read_user_query(
            self._jobs,
            self._place,
            text,
            limit=limit,
            seconds=seconds,
            maximum_bytes=self._maximum_bytes,
            tables=[one.table for one in self._contracts],
        )

    def fingerprints(
        self, contract: Contract, views: Sequence[tuple[str, ...]], *, first: date, last: date
    ) -> list[dict[date, Fingerprint]]:
        return self._contents.read(contract, views, first=first, last=last)

    def _scan(
        self, contract: Contract, views: Sequence[View], days: Collection[date]
    ) -> Sequence[Row]:
        return self._ask(
            f"the content of {contract.table}",
            placed(statements.fingerprints(contract, tuple(views)), self._place, {}),
            {"first_date": min(days), "last_date": max(days), "days": sorted(days)},
        )

    def fingerprint(self, contract: Contract, columns: Sequence[str]) -> Fingerprint:
        rows, content = self.rows(statements.fingerprint(contract, tuple(columns)))[0]
        return Fingerprint(rows, content or 0)

    def fingerprints_by_key(
        self,
        contract: Contract,
        columns: Sequence[str],
        *,
        reader: Contract,
        staged: bool,
        first: date,
        last: date,
    ) -> dict[date, Fingerprint]:
        text = statements.fingerprints_by_key(contract, tuple(columns), reader, staged=staged)
        return _by_day(self.rows(text, first_date=first, last_date=last))

    def staged_fingerprints(self, contract: Contract) -> dict[date, Fingerprint]:
        return _by_day(
            self.rows(statements.staged_fingerprints(contract, proven_columns(contract)))
        )

    def stage(self, processor: Processor, span: Span, errand: Errand | None = None) -> int | None:
        self._refuse_others(processor.contract)
        self._at_hand.labels = labels_of(processor.contract.name, errand.run_id if errand else None)
        done = self._staging.stage(
            processor, span, errand, changed_at=self._inputs_changed_at(processor)
        )
        return done.bytes_billed

    def _inputs_changed_at(self, processor: Processor) -> datetime | None:
        """As far as the last look and we know; None where that isn't known of all of them."""
        found: list[datetime | None] = [] if self._partitions else [None]
        for feed in processor.contract.inputs:
            if (table := self._partitions.get(feed.table)) is not None:
                found.append(table.changed_at)
            if feed.table in self._wrote_at:
                found.append(self._wrote_at[feed.table])
        return None if None in found else max(filter(None, found), default=None)

    def foretold_bytes(self, processor: Processor, span: Span) -> int | None:
        return self._staging.foretold_bytes(processor, span)

    def publish(self, publication: Publication, step: Step) -> None:
        table = publication.contract.table
        self._wrote_at[table] = None
        try:
            self._wrote_at[table] = self._publishing.publish(publication, step)
        finally:
            # What is known of these dates is over, however the publication ended.
            self._contents.wrote(publication.contract, publication.replaced)
            self._answers.wrote([table])
            self.writes += 1

    def append(self, rows: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
        self._publishing.append(rows)

    def load(self, files: Mapping[str, Path], contracts: Mapping[str, Contract]) -> list[Loaded]:
        # DuckDB reads the files, and only who loads waits for it.
        from warehouse.bigquery.loading import Loading

        for table in files:
            self._refuse_others(contracts[table])
        with self.lane:
            loading = Loading(
                self._jobs,
                Loads(self._connection),
                self._place,
                self._scratch,
                self._maximum_bytes,
            )
            try:
                return loading.load(files, contracts)
            finally:
                self._answers.wrote(files)
                self._looked = NEVER
                self.writes += 1

    def export(self, contract: Contract, path: Path) -> int:
        # DuckDB writes the file, and only who exports waits for it.
        from warehouse.bigquery.exporting import export

        return export(self._jobs, self._place, contract, path, maximum_bytes=self._maximum_bytes)

    def fork(self, since: Mapping[Contract, date], *, last: date) -> Scratch:
        # A scratch is a warehouse itself, so its file stands above this one.
        from warehouse.bigquery.scratch import BigQueryScratch

        return BigQueryScratch(self, since, last=last)

    def rehearsal(self, prefix: str) -> Warehouse:
        # It is a warehouse itself, so its file stands above this one.
        from warehouse.bigquery.rehearsal import BigQueryRehearsal

        return BigQueryRehearsal(self, prefix)

    def interrupt(self) -> None:
        self._staging.interrupt()

    def _refuse_others(self, contract: Contract) -> None:
        if contract.layer not in self._owned:
            owned = ", ".join(sorted(self._owned))
            raise UsageError(
                f"{contract.table} is not written here: only the layers {owned} are this"
                " deployment's (TIPOFF_OWNED_LAYERS)"
            )

    def _wanted(self, contracts: Sequence[Contract]) -> Wanted:
        return wanted_of([*contracts, *OWN], load(), self._where, self._owned)

    def _place_of(self, contract: Contract) -> tuple[str, str, str]:
        project, dataset, table = self._place.table(contract.table).split(".")
        return project, dataset, table

    def _ask(self, what: str, text: str, parameters: Mapping[str, object]) -> list[Row]:
        return self._jobs.rows(
            Request(
                what=what,
                text=text,
                parameters=parameters,
                labels=self._at_hand.labels,
                maximum_bytes=self._maximum_bytes,
            )
        )


def _by_day(rows: Sequence[Row]) -> dict[date, Fingerprint]:
    return {day: Fingerprint(count, content) for day, count, content in rows if day is not None}
