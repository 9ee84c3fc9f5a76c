"""A fork of some tables in the scratch dataset, beside the warehouse it was taken from.

Each table is there twice: one that is worked on, laid out as the original is, so that a text which
BigQuery refuses there is refused here, and one that is kept as it was. Taking a table back is a
copy job, which is free. All that is left behind expires.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from processors.contract import Contract
from processors.errors import ContractError, WarehouseFailed
from warehouse.bigquery import identity
from warehouse.bigquery.connection import ONCE
from warehouse.bigquery.copies import Copies, Copy
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.bigquery.labels import labels_of
from warehouse.bigquery.lexing import Kind, pieces
from warehouse.bigquery.names import placed
from warehouse.bigquery.request import Destination, Request, Write
from warehouse.bigquery.schema import layout_of
from warehouse.bigquery.statements import DOUBLED
from warehouse.interface import FORK_ROW, Loaded, Publication, Step
from warehouse.texts import staging

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

AT_ONCE = 8
"""Tables that are copied at a time: each is a short job and a long way."""
KEPT = "_kept"

Given = TypeVar("Given")


@dataclass(frozen=True)
class Forked:
    """Whole names by the contracts' names of the tables."""

    tables: Mapping[str, str]

    def table(self, name: str) -> str:
        if name not in self.tables:
            raise WarehouseFailed(
                f"{name} is not in the fork, which holds {', '.join(sorted(self.tables))}"
            )
        return self.tables[name]


class BigQueryScratch(BigQueryWarehouse):
    """Belongs to one thread. Nobody else knows its tables."""

    is_shared = False

    def __init__(
        self, main: BigQueryWarehouse, since: Mapping[Contract, date], *, last: date
    ) -> None:
        super().__init__(
            main._where,
            owned=main._owned,
            maximum_bytes=main._maximum_bytes,
            connection=main._connection,
        )
        name = f"fork_{identity.fresh()}"
        self.address = f"{main.address}#{name}"
        self._copies = Copies(self._connection)
        self._forked = {one.table: f"{self._scratch}.{one.name}_{name}" for one in since}
        self._changed: set[str] = set()
        self._place = Forked(self._forked)
        self._adopt(list(since))

        def make(contract: Contract) -> None:
            table = self._forked[contract.table]
            self._run(
                f"forking {contract.table}",
                placed(forked(contract, table), main._place, {}),
                {"first_date": since[contract], "last_date": last},
                contract.table,
            )
            self._copy(contract.table, table, f"{table}{KEPT}")

        try:
            _each(make, since)
        except BaseException:
            self.close()
            raise

    def look(self, *, older_than: float = 0) -> None:
        del older_than

    def migrate(self, contracts: Sequence[Contract]) -> list[str]:
        raise ContractError(f"a fork has the tables that it was made of, not {len(contracts)} more")

    def publish(self, publication: Publication, step: Step) -> None:
        self._changed.add(publication.contract.table)
        super().publish(publication, step)

    def append(self, rows: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
        self._changed.update(rows)
        super().append(rows)

    def load(
        self,
        files: Mapping[str, Path],
        contracts: Mapping[str, Contract],
        *,
        in_lane: bool = False,
    ) -> list[Loaded]:
        self._changed.update(files)
        return super().load(files, contracts, in_lane=in_lane)

    def change(self, text: str, **parameters: object) -> int:
        whole = placed(text, self._place, self._staging.tables)
        # The first table that a DELETE, UPDATE or INSERT names is the one that it changes.
        target = next(one.text[1:-1] for one in pieces(text) if one.kind is Kind.NAME)
        self._changed.add(target)
        return self._run(f"a change of the fork's {target}", whole, parameters, target)

    def keep_staged(self, contract: Contract) -> None:
        columns = ", ".join((*contract.column_names, "data_hash"))
        self.change(
            f"INSERT INTO `{contract.table}` ({columns}) SELECT {columns}"
            f" FROM {staging(contract)} WHERE quarantine_reason IS DISTINCT FROM '{DOUBLED}'"
        )

    def restore(self) -> None:
        """Of tables that were not changed, nothing is done."""

        def take_back(table: str) -> None:
            self._copy(table, f"{self._forked[table]}{KEPT}", self._forked[table])

        _each(take_back, self._changed & self._forked.keys())
        self._changed.clear()
        self._adopt(self._contracts)

    def close(self) -> None:
        """What can't be dropped now expires."""

        def drop(table: str) -> None:
            def ask(client: Client, seconds: float) -> None:
                client.delete_table(table, retry=ONCE, timeout=seconds, not_found_ok=True)

            with suppress(WarehouseFailed):
                self._connection.call(f"dropping {table}", ask)

        _each(drop, [f"{table}{end}" for table in self._forked.values() for end in ("", KEPT)])

    def _copy(self, table: str, source: str, target: str) -> None:
        self._copies.run(
            Copy(
                what=f"copying the fork's {table}",
                source=source,
                destination=Destination(table=target, write=Write.TRUNCATE, creates=True),
                labels=_labels(table),
            )
        )

    def _run(self, what: str, text: str, parameters: Mapping[str, object], table: str) -> int:
        request = Request(
            what=what,
            text=text,
            parameters=parameters,
            job_id=f"tipoff-fork-{identity.fresh()}",
            labels=_labels(table),
            maximum_bytes=self._maximum_bytes,
        )
        return self._jobs.run(request).rows_changed


def forked(contract: Contract, table: str) -> str:
    """A table of this whole name with the rows of some dates, each with a number."""
    layout = layout_of(contract)
    day = contract.date_column
    columns = ", ".join(one.name for one in contract.stored_columns)
    parts = [f"CREATE OR REPLACE TABLE `{table}`"]
    if day and layout.partitioning and layout.partitioning.column == day:
        parts.append(f"PARTITION BY {day}")
    if layout.clustering:
        parts.append(f"CLUSTER BY {', '.join(layout.clustering)}")
    if layout.requires_filter:
        parts.append("OPTIONS (require_partition_filter = TRUE)")
    parts.append(f"AS SELECT {columns}, ROW_NUMBER() OVER () AS {FORK_ROW}")
    parts.append(f"FROM `{contract.table}`")
    if day:
        parts.append(f"WHERE {day} >= @first_date AND {day} <= @last_date")
    return "\n".join(parts)


def _labels(table: str) -> Mapping[str, str]:
    return labels_of(table.partition(".")[2], None)


def _each(work: Callable[[Given], None], what: Iterable[Given]) -> None:
    """Several at a time; what one of them raises is raised."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for _ in threads.map(work, what):
            pass
