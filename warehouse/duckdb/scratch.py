"""A fork of some tables in memory, beside the warehouse it was taken from: change it, roll back."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date
from itertools import count

import duckdb

from processors.contract import Contract
from warehouse.duckdb.compiled import duckdb_text, parameters_of
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.interface import FORK_ROW

NUMBERS = count(1)


class DuckDBScratch(DuckDBWarehouse):
    """Tables of a database in memory; everything since the fork is one open transaction."""

    def __init__(
        self,
        source: duckdb.DuckDBPyConnection,
        contracts: Sequence[Contract],
        *,
        first: date,
        last: date,
    ) -> None:
        self.path = None
        self._name = f"fork_{next(NUMBERS)}"
        self.address = f"duckdb://:memory:{self._name}"
        self._lane = threading.RLock()
        self._connection = source.cursor()
        self._connection.execute("SET TimeZone = 'UTC'")
        self._home = self._connection.execute("SELECT current_database()").fetchall()[0][0]
        self._connection.execute(f"ATTACH ':memory:' AS {self._name}")
        for contract in contracts:
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
                f" WHERE quarantine_reason IS NULL ORDER BY {day}"
            )

    def restore(self) -> None:
        with self._speaking("restoring the fork") as connection:
            # An engine that gave up has rolled back already.
            self._abandon()
            connection.execute("BEGIN")

    def close(self) -> None:
        with self._lane:
            self._abandon()
            self._connection.execute(f'USE "{self._home}"')
            self._connection.execute(f"DETACH {self._name}")
            self._connection.close()
