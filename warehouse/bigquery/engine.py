"""The warehouse on BigQuery. All that is computed is computed there: through here go counts,
fingerprints, the ledger's rows, and what users ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path

from processors.contract import Contract, Layer
from processors.errors import UsageError
from processors.registry import Processor, load
from warehouse.bigquery import memory, statements, turns
from warehouse.bigquery.address import Address
from warehouse.bigquery.catalogue import Catalogue
from warehouse.bigquery.connection import Connection
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.knowledge import Knowledge
from warehouse.bigquery.labels import AtHand, labels_of
from warehouse.bigquery.loads import Loads
from warehouse.bigquery.names import Place, placed
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
            takes_turns=self.is_shared,
        )
        self._known = Knowledge(self._place, contracts, self._ask, self._publishing.append)

    @property
    def engine(self) -> str:
        return "bigquery"

    def close(self) -> None:
        self._known.keep()
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
        if self._known.look(older_than, self._at_hand.let_go):
            self.writes += 1

    def rows(self, text: str, **parameters: object) -> list[Row]:
        def ask() -> list[Row]:
            whole = placed(text, self._place, self._staging.tables)
            return self._ask("a read", whole, parameters)

        return self._known.answers.read(text, parameters, ask)

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
        return self._known.contents.read(contract, views, first=first, last=last)

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
            processor, span, errand, changed_at=self._known.changed_at(processor.contract.inputs)
        )
        return done.bytes_billed

    def foretold_bytes(self, processor: Processor, span: Span) -> int | None:
        return self._staging.foretold_bytes(processor, span)

    def publish(self, publication: Publication, step: Step) -> None:
        contract, stood_at = publication.contract, None
        self._known.writing(contract.table)
        try:
            stood_at = self._publishing.publish(publication, step)
        finally:
            self._known.wrote(contract, publication.replaced, stood_at)
            self.writes += 1

    def append(self, rows: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
        self._publishing.append(rows)

    def load(
        self,
        files: Mapping[str, Path],
        contracts: Mapping[str, Contract],
        *,
        in_lane: bool = False,
    ) -> list[Loaded]:
        # DuckDB reads the files, and only who loads waits for it.
        from warehouse.bigquery.loading import Loading

        for table in files:
            self._refuse_others(contracts[table])
        with nullcontext() if in_lane else self.lane:
            loading = Loading(
                self._jobs,
                Loads(self._connection),
                self._place,
                self._scratch,
                self._maximum_bytes,
                takes_turns=self.is_shared,
            )
            try:
                return loading.load(files, contracts)
            finally:
                self._known.loaded(files)
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
        if not self._is_ours(contract):
            owned = ", ".join(sorted(self._owned))
            raise UsageError(
                f"{contract.table} is not written here: only the layers {owned} are this"
                " deployment's (TIPOFF_OWNED_LAYERS)"
            )

    def _is_ours(self, contract: Contract) -> bool:
        return contract.is_ours(self._owned)

    def _wanted(self, contracts: Sequence[Contract]) -> Wanted:
        return wanted_of([*contracts, *OWN], load(), self._where, self._owned)

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
