"""A rehearsal: tables of its own in a file beside the warehouse's, over the same raw ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from processors.contract import Contract, Layer
from warehouse.duckdb.engine import DuckDBWarehouse


class DuckDBRehearsal(DuckDBWarehouse):
    """Its sessions are the warehouse's, turned to another database; raw tables are views there."""

    def __init__(self, main: DuckDBWarehouse, prefix: str) -> None:
        self._main = main
        self._name = f"rehearsal_{prefix}"
        self.path = None
        """The file is held by whoever holds the warehouse's."""
        file = _beside(main.path, prefix) if main.path else ":memory:"
        self.address = f"duckdb://{file}"
        connection = main._connection.cursor()
        self._home = connection.execute("SELECT current_database()").fetchall()[0][0]
        connection.execute(f"ATTACH IF NOT EXISTS '{_quoted(file)}' AS {self._name}")
        connection.execute(f"USE {self._name}")
        self._start(connection)
        # One lane for both: nothing is loaded into a raw table while it is read here.
        self.lane = main.lane

    @property
    def writes(self) -> int:
        """What is loaded into the raw tables counts too."""
        return self._own_writes + self._main.writes

    @writes.setter
    def writes(self, value: int) -> None:
        self._own_writes = value - self._main.writes

    def migrate(self, contracts: Sequence[Contract]) -> list[str]:
        raw = [one for one in contracts if one.layer is Layer.RAW]
        with self._speaking("the views of a rehearsal") as connection:
            for dataset in sorted({one.dataset for one in raw}):
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {dataset}")
            for one in raw:
                columns = ", ".join(column.name for column in one.stored_columns)
                connection.execute(
                    f"CREATE OR REPLACE VIEW {one.table} AS"
                    f' SELECT {columns} FROM "{self._home}".{one.table}'
                )
        return super().migrate([one for one in contracts if one not in raw])

    def _session(self) -> duckdb.DuckDBPyConnection:
        session = super()._session()
        session.execute(f"USE {self._name}")
        return session


def _beside(path: Path, prefix: str) -> Path:
    """`season.duckdb` has its rehearsals in `season.duckdb.PREFIX.duckdb`."""
    return path.with_name(f"{path.name}.{prefix}.duckdb")


def _quoted(file: Path | str) -> str:
    return str(file).replace("'", "''")
