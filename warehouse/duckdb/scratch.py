"""A fork of some tables in memory, beside the warehouse it was taken from: change it, roll back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from itertools import count

import duckdb

from processors.contract import Contract
from warehouse.duckdb.compiled import duckdb_text, parameters_of
from warehouse.duckdb.engine import DuckDBWarehouse, abandon
from warehouse.duckdb.publishing import DOUBLED
from warehouse.interface import FORK_ROW

NUMBERS = count(1)


class DuckDBScratch(DuckDBWarehouse):
    """Tables of a database in memory; everything since the fork is one open transaction."""

    def __init__(
        self,
        source: duckdb.DuckDBPyConnection,
        since: Mapping[Contract, date],
        *,
        last: date,
    ) -> None:
        self.path = None
        self._name = f"fork_{next(NUMBERS)}"
        self.address = f"duckdb://:memory:{self._name}"
        self._start(source.cursor())
        self._home = self._connection.execute("SELECT current_database()").fetchall()[0][0]
        self._connection.execute(f"ATTACH ':memory:' AS {self._name}")
        for contract, first in since.items():
            self._copy(contract, first, last)
        self._connection.execute(f"USE {self._name}")
        self._connection.execute("BEGIN")

    def _copy(self, contract: Contract, first: date, last: date) -> None:
        """Rows get a number, by which an audit can tell them apart."""
        columns = ", ".join(one.name for one in contract.stored_columns)
        day = contract.date_column
        within = f"WHERE {day} >= $first AND {day} <= $last" if day else ""
        self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {self._name}.{contract.dataset}")
        self._connection.execute(
            f"CREATE TABLE {self._name}.{contract.table} AS"
            f" SELECT {columns}, row_number() OVER () AS {FORK_ROW}"
            f' FROM "{self._home}".{contract.table} {within}',
            {"first": first, "last": last} if day else None,
        )

    @contextmanager
    def _reading(self, what: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Only the session whose transaction is open sees what was changed in it."""
        with self._speaking(what) as connection:
            yield connection

    def change(self, text: str, **parameters: object) -> int:
        translated = duckdb_text(text)
        wanted = parameters_of(translated)
        handed = {name: value for name, value in parameters.items() if name in wanted}
        with self._speaking("a change of the fork") as connection:
            row = connection.execute(translated, handed).fetchone()
        return int(row[0]) if row else 0

    def keep_staged(self, contract: Contract) -> None:
        day, columns = contract.date_column, ", ".join((*contract.column_names, "data_hash"))
        staging = f"staging_{contract.name}"
        with self._speaking(f"keeping {contract.table}") as connection:
            connection.execute(
                f"INSERT INTO {contract.table} ({columns}) SELECT {columns} FROM {staging}"
                f" WHERE quarantine_reason IS DISTINCT FROM '{DOUBLED}' ORDER BY {day}"
            )

    def restore(self) -> None:
        with self._speaking("restoring the fork") as connection:
            # An engine that gave up has rolled back already.
            abandon(connection)
            connection.execute("BEGIN")

    def close(self) -> None:
        with self._writing:
            abandon(self._connection)
            self._connection.execute(f'USE "{self._home}"')
            self._connection.execute(f"DETACH {self._name}")
            self._connection.close()
