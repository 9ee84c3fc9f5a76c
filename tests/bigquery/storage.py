"""All datasets and tables of the one project: metadata in memory, rows in DuckDB."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import duckdb

from tests.bigquery.clock import Clock
from tests.bigquery.errors import (
    ApiError,
    already_exists,
    invalid,
    invalid_query,
    not_found,
    not_implemented,
)
from tests.bigquery.fields import REQUIRED, Schema
from tests.bigquery.names import DATASET_ID, Name
from tests.bigquery.tables import Dataset, Table, check_layout, ddl
from tests.missing_modules import look_no_more_for

MACROS = (
    # any 64 bits that depend on the text alone; not Farm's own
    "CREATE MACRO farm_fingerprint(text) AS"
    " CAST(CAST(md5_number_lower(text) AS HUGEINT) - 9223372036854775808 AS BIGINT)",
    "CREATE MACRO checked_divide(a, b) AS"
    " CASE WHEN b = 0 THEN error('division by zero: ' || a || ' / ' || b) ELSE a / b END",
    "CREATE MACRO checked_div(a, b) AS"
    " CASE WHEN b = 0 THEN error('division by zero: DIV(' || a || ', 0)') ELSE a // b END",
    "CREATE MACRO checked_mod(a, b) AS"
    " CASE WHEN b = 0 THEN error('division by zero: MOD(' || a || ', 0)') ELSE a % b END",
)

MOST_PARTITIONS = 4_000
"""That one job may modify: each statement of a script is one."""
KIND = re.compile(r"^(\w+ )+Error: ")

look_no_more_for("pandas")


class Storage:
    """One thread at a time works on it: whoever holds `lock`."""

    def __init__(self, project: str, clock: Clock, path: str = ":memory:") -> None:
        self.project = project
        self.clock = clock
        self.lock = threading.RLock()
        self.connection = duckdb.connect(path)
        self.connection.execute("SET TimeZone = 'UTC'; SET threads = 2")
        for macro in MACROS:
            self.connection.execute(macro)
        self.datasets: dict[str, Dataset] = {}
        self._tables: dict[Name, Table] = {}
        self._writes: list[tuple[Table, frozenset[str]]] | None = None
        self._before: dict[Name, tuple[Table, Table]] = {}

    def run(self, sql: str, parameters: object = None) -> list[tuple[Any, ...]]:
        """Rows of a DuckDB statement; what DuckDB refuses, the query was wrong about."""
        try:
            return self.connection.execute(sql, parameters).fetchall()
        except duckdb.ConstraintException as error:
            raise invalid_query(f"Required field cannot be null: {error}") from error
        except duckdb.InterruptException:
            raise
        except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException) as error:
            # the analyser has passed it: BigQuery would run it
            raise not_implemented(f"way to run this on DuckDB: {error}") from error
        except duckdb.Error as error:
            raise invalid_query(KIND.sub("", str(error))) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside or nothing; inside another it is part of that."""
        if self._writes is not None:
            yield
            return
        self.begin()
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        self.commit()

    @property
    def in_transaction(self) -> bool:
        return self._writes is not None

    def begin(self) -> None:
        self.connection.execute("BEGIN")
        self._writes = []
        self._before = {name: (one, replace(one)) for name, one in self._tables.items()}

    def rollback(self) -> None:
        self._writes = None
        self.connection.execute("ROLLBACK")
        self._restore()

    def commit(self) -> None:
        writes, self._writes = self._writes or [], None
        try:
            self.connection.execute("COMMIT")
        except duckdb.Error:
            self._restore()
            raise
        for table, partitions in writes:
            self._written(table, partitions)

    def _restore(self) -> None:
        """The metadata as they were when the transaction began."""
        self._tables = {name: table for name, (table, _) in self._before.items()}
        for table, was in self._before.values():
            vars(table).update(vars(was))

    def written(self, table: Table, partitions: Iterable[str]) -> None:
        """These partitions have been written; known to others once the transaction ends."""
        partitions = frozenset(partitions)
        if table.partition_column and len(partitions) > MOST_PARTITIONS:
            raise invalid(
                f"Too many partitions produced by query, allowed {MOST_PARTITIONS}, query modifies"
                f" at least {len(partitions)} partitions"
            )
        if self._writes is not None:
            self._writes.append((table, partitions))
        else:
            self._written(table, partitions)

    def _written(self, table: Table, partitions: Iterable[str]) -> None:
        now = self.clock.now()
        if table.partition_column:
            table.partitions = table.partitions | dict.fromkeys(partitions, now)
        table.modified = now
        table.version += 1
        table.content += 1

    def dataset(self, project: str, dataset_id: str) -> Dataset:
        if project != self.project:
            raise not_found("Project", project)
        if dataset_id not in self.datasets:
            raise not_found("Dataset", f"{project}:{dataset_id}")
        return self.datasets[dataset_id]

    def create_dataset(self, dataset_id: str, properties: dict[str, Any]) -> Dataset:
        if not DATASET_ID.fullmatch(dataset_id):
            raise invalid(f'Invalid dataset ID "{dataset_id}".')
        if dataset_id in self.datasets:
            raise already_exists("Dataset", f"{self.project}:{dataset_id}")
        self.run(f'CREATE SCHEMA "d_{dataset_id}"')
        now = self.clock.now()
        self.datasets[dataset_id] = Dataset(dataset_id, now, now, properties)
        return self.datasets[dataset_id]

    def drop_dataset(self, project: str, dataset_id: str, *, contents: bool) -> None:
        self.dataset(project, dataset_id)
        held = self.tables(project, dataset_id)
        if held and not contents:
            raise ApiError("resourceInUse", f"Dataset {project}:{dataset_id} is still in use")
        for table in held:
            self.drop(table.name)
        self.run(f'DROP SCHEMA "d_{dataset_id}" CASCADE')
        del self.datasets[dataset_id]

    def tables(self, project: str, dataset_id: str) -> Sequence[Table]:
        """Of one dataset, by name, those that have expired left out."""
        self.dataset(project, dataset_id)
        names = sorted(
            (name for name in self._tables if name.dataset == dataset_id), key=lambda it: it.table
        )
        return [table for name in names if (table := self.find(name))]

    def find(self, name: Name) -> Table | None:
        table = self._tables.get(name.whole)
        if table is not None and table.expires is not None and table.expires <= self.clock.now():
            self.drop(table.name)
            return None
        return table

    def table(self, name: Name) -> Table:
        self.dataset(name.project, name.dataset)
        table = self.find(name)
        if table is None:
            raise not_found("Table", str(name.whole))
        return table

    def create(self, table: Table) -> Table:
        """An empty table; it expires as its dataset says, where it says nothing itself."""
        dataset = self.dataset(table.name.project, table.name.dataset)
        if self.find(table.name):
            raise already_exists("Table", str(table.name))
        if not table.schema:
            raise not_implemented(f"tables without columns ({table.name})")
        check_layout(table.schema, table.partition_column, table.clustering)
        self.run(ddl(table.sql, table.schema))
        default = dataset.properties.get("defaultTableExpirationMs")
        if table.expires is None and default:
            table.expires = table.created + int(default)
        self._tables[table.name] = table
        return table

    def recreate(self, table: Table, schema: Schema) -> None:
        """The same table, empty and with other columns: what truncation with a schema does."""
        check_layout(schema, table.partition_column, table.clustering)
        self.run(f"DROP TABLE {table.sql}")
        self.run(ddl(table.sql, schema))
        table.schema = schema
        table.partitions = {}

    def change_schema(self, table: Table, schema: Schema) -> None:
        """Columns added at the end, or no longer REQUIRED: the rows stay."""
        stored = {one.name: one for one in table.schema}
        for one in schema:
            if one.name not in stored:
                self.run(f'ALTER TABLE {table.sql} ADD COLUMN "{one.name}" {one.duckdb_type}')
            elif stored[one.name].mode == REQUIRED and one.mode != REQUIRED:
                self.run(f'ALTER TABLE {table.sql} ALTER COLUMN "{one.name}" DROP NOT NULL')
        table.schema = schema
        self.touch(table)

    def touch(self, table: Table) -> None:
        """Its metadata has been changed."""
        table.modified = self.clock.now()
        table.version += 1

    def drop(self, name: Name) -> None:
        table = self._tables.pop(name.whole)
        self.run(f"DROP TABLE IF EXISTS {table.sql}")

    def new(self, name: Name, schema: Schema, **layout: Any) -> Table:
        now = self.clock.now()
        return Table(replace(name, partition=None), schema, now, now, **layout)
