"""The warehouse on DuckDB."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from processors.contract import Contract
from processors.errors import UsageError, WarehouseFailed, WarehouseTransient
from processors.registry import Processor
from warehouse import texts
from warehouse.duckdb import loading, ownership, publishing, schema
from warehouse.duckdb.compiled import duckdb_text, parameters_of
from warehouse.interface import (
    Answer,
    Fingerprint,
    Loaded,
    Publication,
    Row,
    Scratch,
    Span,
    Step,
    proven_columns,
)

TRANSIENT = (duckdb.OutOfMemoryException, duckdb.TransactionException, duckdb.InterruptException)


class DuckDBWarehouse:
    """One file, or memory. Calls are serialised: there is one writer lane."""

    def __init__(
        self,
        path: Path | None,
        *,
        wait: float = 10,
        threads: int | None = None,
        memory_limit: str | None = None,
        url: str | None = None,
    ) -> None:
        self.path = path
        self.address = f"duckdb://{path}" if path else "duckdb://:memory:"
        self._lane = threading.RLock()
        self._connection = (
            ownership.connect(path, wait=wait, url=url) if path else duckdb.connect(":memory:")
        )
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET GLOBAL autoinstall_known_extensions = false")
        # A checkpoint in the middle of a season's commits costs more than replaying a longer log.
        self._connection.execute("SET checkpoint_threshold = '512MB'")
        if threads is not None:
            self._connection.execute(f"SET threads = {int(threads)}")
        if memory_limit is not None:
            self._connection.execute("SET memory_limit = ?", [memory_limit])

    @property
    def engine(self) -> str:
        return f"duckdb {duckdb.__version__}"

    def close(self) -> None:
        with self._lane:
            if self.path:
                ownership.release(self.path)
            self._connection.close()

    def migrate(self, contracts: Sequence[Contract]) -> list[str]:
        with self._speaking("the schema") as connection:
            return schema.migrate(connection, contracts)

    def rows(self, text: str, **parameters: object) -> list[Row]:
        translated = duckdb_text(text)
        wanted = parameters_of(translated)
        handed = {name: value for name, value in parameters.items() if name in wanted}
        missing = sorted(wanted - set(handed))
        if missing:
            raise UsageError(f"the text wants the parameters {', '.join(missing)}")
        with self._speaking("a read") as connection:
            return connection.execute(translated, handed).fetchall()

    def query(self, text: str, *, limit: int) -> Answer:
        # The parser takes its time to load, and only users' own texts need it.
        from warehouse.duckdb.reading import read_user_query

        with self._speaking("the query") as connection:
            return read_user_query(connection, text, limit=limit)

    def fingerprints(
        self, contract: Contract, views: Sequence[tuple[str, ...]], *, first: date, last: date
    ) -> list[dict[date, Fingerprint]]:
        day = contract.date_column
        contents = ", ".join(f"bit_xor(hash({', '.join(columns)}))" for columns in views)
        text = (
            f"SELECT {day}, count(*), {contents} FROM {contract.table}"
            f" WHERE {day} >= $first AND {day} <= $last GROUP BY {day}"
        )
        with self._speaking("a fingerprint") as connection:
            found = connection.execute(text, {"first": first, "last": last}).fetchall()
        return [
            {row[0]: Fingerprint(row[1], row[2 + view]) for row in found}
            for view in range(len(views))
        ]

    def fingerprint(self, contract: Contract, columns: Sequence[str]) -> Fingerprint:
        text = f"SELECT count(*), bit_xor(hash({', '.join(columns)})) FROM {contract.table}"
        with self._speaking("a fingerprint") as connection:
            rows, content = connection.execute(text).fetchall()[0]
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
        source = f"staging_{reader.name}" if staged else reader.table
        picked = ", ".join(f"kept.{name}" for name in columns)
        day = f"held.{reader.date_column}"
        text = (
            f"SELECT {day}, count(*), bit_xor(hash({picked})) FROM {source} AS held"
            f" JOIN {contract.table} AS kept USING ({', '.join(contract.key)})"
            f" WHERE {day} >= $first AND {day} <= $last"
            f"{' AND held.quarantine_reason IS NULL' if staged else ''} GROUP BY {day}"
        )
        return self._fingerprints(text, first=first, last=last)

    def staged_fingerprints(self, contract: Contract) -> dict[date, Fingerprint]:
        columns = ", ".join(proven_columns(contract))
        return self._fingerprints(
            f"SELECT {contract.date_column}, count(*), bit_xor(hash({columns}))"
            f" FROM staging_{contract.name} WHERE quarantine_reason IS NULL"
            f" GROUP BY {contract.date_column}"
        )

    def stage(self, processor: Processor, span: Span) -> None:
        contract = processor.contract
        translated = duckdb_text(texts.stage(processor))
        wanted = parameters_of(translated)
        handed = {name: day for name, day in span.parameters.items() if name in wanted}
        with self._speaking(f"the statement of {contract.table}") as connection:
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE staging_{contract.name} AS {translated}", handed
            )
            publishing.mark_doubled_keys(connection, contract)

    def publish(self, publication: Publication, step: Step) -> None:
        with self._speaking(f"publishing {publication.contract.table}") as connection:
            publishing.publish(connection, publication, step)

    def append(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        with self._speaking(f"appending to {table}") as connection:
            publishing.append(connection, table, rows)

    def load(self, files: Mapping[str, Path], contracts: Mapping[str, Contract]) -> list[Loaded]:
        with self._speaking("loading") as connection:
            return loading.load(connection, files, contracts)

    def fork(self, contracts: Sequence[Contract], *, first: date, last: date) -> Scratch:
        # A scratch is a warehouse itself, so its file stands above this one.
        from warehouse.duckdb.scratch import DuckDBScratch

        with self._speaking("a fork") as connection:
            return DuckDBScratch(connection, contracts, first=first, last=last)

    def _fingerprints(self, text: str, **parameters: object) -> dict[date, Fingerprint]:
        with self._speaking("a fingerprint") as connection:
            found = connection.execute(text, parameters).fetchall()
        return {day: Fingerprint(rows, content) for day, rows, content in found}

    @contextmanager
    def _speaking(self, what: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """One at a time; DuckDB's errors become ours, with the engine's own words."""
        with self._lane:
            try:
                yield self._connection
            except TRANSIENT as error:
                self._abandon()
                raise WarehouseTransient(
                    f"{what} was given up by {self.engine}: {error}"
                ) from error
            except duckdb.Error as error:
                self._abandon()
                raise WarehouseFailed(f"{what} failed in {self.engine}: {error}") from error
            except BaseException:
                self._abandon()
                raise

    def _abandon(self) -> None:
        """Roll back what is open; where nothing is, DuckDB says so and that is fine."""
        try:
            self._connection.execute("ROLLBACK")
        except duckdb.Error:
            return
