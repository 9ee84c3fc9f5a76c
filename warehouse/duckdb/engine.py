"""The warehouse on DuckDB."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path

import duckdb

from processors.contract import Contract
from processors.errors import UsageError, WarehouseFailed, WarehouseTransient
from processors.registry import Processor
from warehouse import texts
from warehouse.differences import Difference
from warehouse.duckdb import loading, ownership, publishing, schema
from warehouse.duckdb.compiled import duckdb_text, parameters_of, reads_staging
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

TRANSIENT = (duckdb.OutOfMemoryException, duckdb.TransactionException, duckdb.InterruptException)


class DuckDBWarehouse:
    """One file, or memory. One connection writes; readers have cursors of their own, which are
    sessions that see what is committed and wait for nobody."""

    is_shared = False

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
        self._start(
            ownership.connect(path, wait=wait, url=url) if path else duckdb.connect(":memory:")
        )
        self._connection.execute("SET GLOBAL TimeZone = 'UTC'")
        self._connection.execute("SET GLOBAL autoinstall_known_extensions = false")
        # A checkpoint in the middle of a season's commits costs more than replaying a longer log.
        self._connection.execute("SET checkpoint_threshold = '512MB'")
        if threads is not None:
            self._connection.execute(f"SET threads = {int(threads)}")
        if memory_limit is not None:
            self._connection.execute("SET memory_limit = ?", [memory_limit])

    def _start(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.lane = Lane()
        self.writes = 0
        self._connection = connection
        self._writing = threading.RLock()
        self._idle: deque[duckdb.DuckDBPyConnection] = deque()
        self._closed = False
        self._shapes: publishing.Shapes = {}
        self._staging = False
        self._interrupting = threading.Lock()

    def look(self, *, older_than: float = 0) -> None:
        del older_than

    @property
    def engine(self) -> str:
        return f"duckdb {duckdb.__version__}"

    def close(self) -> None:
        with self._writing:
            self._closed = True
            self._close_idle()
            if self.path:
                ownership.release(self.path)
            self._connection.close()

    def migrate(self, contracts: Sequence[Contract]) -> list[str]:
        with self._speaking("the schema") as connection:
            self._shapes.clear()
            return schema.migrate(connection, contracts)

    def differences(self, contracts: Sequence[Contract]) -> Mapping[str, Sequence[Difference]]:
        with self._reading("the schema") as session:
            return schema.differences(session, contracts)

    def rows(self, text: str, **parameters: object) -> list[Row]:
        translated = duckdb_text(text)
        wanted = parameters_of(translated)
        handed = {name: value for name, value in parameters.items() if name in wanted}
        missing = sorted(wanted - set(handed))
        if missing:
            raise UsageError(f"the text wants the parameters {', '.join(missing)}")
        with (
            self._speaking("a read") if reads_staging(text) else self._reading("a read") as session
        ):
            return session.execute(translated, handed).fetchall()

    def query(self, text: str, *, limit: int, seconds: float) -> Answer:
        # The parser takes its time to load, and only users' own texts need it.
        from warehouse.duckdb.reading import read_user_query

        with self._reading("the query") as session:
            return read_user_query(session, text, limit=limit, seconds=seconds)

    def fingerprints(
        self, contract: Contract, views: Sequence[tuple[str, ...]], *, first: date, last: date
    ) -> list[dict[date, Fingerprint]]:
        day = contract.date_column
        contents = ", ".join(f"bit_xor(hash({', '.join(columns)}))" for columns in views)
        text = (
            f"SELECT {day}, count(*), {contents} FROM {contract.table}"
            f" WHERE {day} >= $first AND {day} <= $last GROUP BY {day}"
        )
        with self._reading("a fingerprint") as session:
            found = session.execute(text, {"first": first, "last": last}).fetchall()
        return [
            {row[0]: Fingerprint(row[1], row[2 + view]) for row in found}
            for view in range(len(views))
        ]

    def fingerprint(self, contract: Contract, columns: Sequence[str]) -> Fingerprint:
        text = f"SELECT count(*), bit_xor(hash({', '.join(columns)})) FROM {contract.table}"
        with self._reading("a fingerprint") as session:
            rows, content = session.execute(text).fetchall()[0]
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
        what = "a fingerprint"
        with self._speaking(what) if staged else self._reading(what) as session:
            return _by_day(session.execute(text, {"first": first, "last": last}).fetchall())

    def staged_fingerprints(self, contract: Contract) -> dict[date, Fingerprint]:
        columns = ", ".join(proven_columns(contract))
        text = (
            f"SELECT {contract.date_column}, count(*), bit_xor(hash({columns}))"
            f" FROM staging_{contract.name} WHERE quarantine_reason IS NULL"
            f" GROUP BY {contract.date_column}"
        )
        with self._speaking("a fingerprint") as connection:
            return _by_day(connection.execute(text).fetchall())

    def stage(self, processor: Processor, span: Span, errand: Errand | None = None) -> int | None:
        # Nothing of an earlier statement is kept here, so it doesn't matter what it was for.
        del errand
        contract = processor.contract
        translated = duckdb_text(texts.stage(processor))
        wanted = parameters_of(translated)
        handed = {name: day for name, day in span.parameters.items() if name in wanted}
        with self._speaking(f"the statement of {contract.table}") as connection:
            with self._interruptible():
                connection.execute(
                    f"CREATE OR REPLACE TEMP TABLE staging_{contract.name} AS {translated}", handed
                )
            publishing.mark_doubled_keys(connection, contract)
        return None

    def foretold_bytes(self, processor: Processor, span: Span) -> int | None:
        del processor, span
        return None

    def interrupt(self) -> None:
        with self._interrupting:
            if self._staging:
                self._connection.interrupt()

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        with self._interrupting:
            self._staging = True
        try:
            yield
        finally:
            with self._interrupting:
                self._staging = False

    def publish(self, publication: Publication, step: Step) -> None:
        with self._speaking(f"publishing {publication.contract.table}") as connection:
            publishing.publish(connection, publication, step, self._shapes)
            self.writes += 1

    def append(self, rows: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
        with self._speaking(f"appending to {', '.join(rows)}") as connection:
            connection.execute("BEGIN")
            for table, new in rows.items():
                publishing.append(connection, table, new, self._shapes)
            connection.execute("COMMIT")

    def load(
        self,
        files: Mapping[str, Path],
        contracts: Mapping[str, Contract],
        *,
        in_lane: bool = False,
    ) -> list[Loaded]:
        lane = nullcontext() if in_lane else self.lane
        with lane, self._speaking("loading") as connection:
            loaded = loading.load(connection, files, contracts)
            self.writes += 1
            return loaded

    def export(self, contract: Contract, path: Path) -> int:
        with self._reading(f"writing {path}") as session:
            return loading.export(session, contract, path)

    def fork(self, since: Mapping[Contract, date], *, last: date) -> Scratch:
        # A scratch is a warehouse itself, so its file stands above this one.
        from warehouse.duckdb.scratch import DuckDBScratch

        with self._speaking("a fork") as connection:
            return DuckDBScratch(connection, since, last=last)

    def rehearsal(self, prefix: str) -> Warehouse:
        # It is a warehouse itself, so its file stands above this one.
        from warehouse.duckdb.rehearsal import DuckDBRehearsal

        with self._in_our_words(f"the rehearsal {prefix}"):
            return DuckDBRehearsal(self, prefix)

    @contextmanager
    def _speaking(self, what: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """The session that stages and writes: one at a time."""
        with self._writing:
            try:
                with self._in_our_words(what):
                    yield self._connection
            except BaseException:
                abandon(self._connection)
                raise

    @contextmanager
    def _reading(self, what: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """A session of the reader's own; one that has met an error is not used again."""
        session = self._session()
        try:
            with self._in_our_words(what):
                yield session
        except BaseException:
            session.close()
            raise
        self._idle.append(session)
        if self._closed:
            self._close_idle()

    def _session(self) -> duckdb.DuckDBPyConnection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connection.cursor()

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _in_our_words(self, what: str) -> Iterator[None]:
        """DuckDB's errors become ours, with the engine's own words."""
        try:
            yield
        except TRANSIENT as error:
            raise WarehouseTransient(f"{what} was given up by {self.engine}: {error}") from error
        except duckdb.Error as error:
            raise WarehouseFailed(f"{what} failed in {self.engine}: {error}") from error


def _by_day(rows: Sequence[Row]) -> dict[date, Fingerprint]:
    return {day: Fingerprint(count, content) for day, count, content in rows}


def abandon(session: duckdb.DuckDBPyConnection) -> None:
    """Roll back what is open; where nothing is, DuckDB says so and that is fine."""
    try:
        session.execute("ROLLBACK")
    except duckdb.Error:
        return
