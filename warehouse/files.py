"""A desk for files: reads Parquet and CSV, reshapes with SQL in memory, writes Parquet to load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from processors.columns import Type
from processors.contract import Contract
from processors.errors import WarehouseFailed

DUCKDB_TYPES = {
    Type.STRING: "VARCHAR",
    Type.INT64: "BIGINT",
    Type.FLOAT64: "DOUBLE",
    Type.BOOL: "BOOLEAN",
    Type.DATE: "DATE",
    Type.TIMESTAMP: "TIMESTAMP",
}
"""Timestamps are UTC without a zone: comparing them needs no session setting."""


class Desk:
    """An in-memory DuckDB that outlives nothing: files in, tables between, Parquet out."""

    def __init__(self, *, threads: int | None = None) -> None:
        self._connection = duckdb.connect(":memory:")
        self._connection.execute("SET TimeZone = 'UTC'")
        # Objects are text. Who looks at some of them first finds in a long array that is NULL there
        # no type at all, and asks pandas, which isn't here.
        self._connection.execute("SET pandas_analyze_sample = 0")
        if threads is not None:
            self._connection.execute(f"SET threads = {threads}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def read(self, name: str, paths: Sequence[Path]) -> None:
        """Make the files' rows one table, columns by name, with `_file`; CSV stays text.

        Untyped, because a typed 0022400061 loses its zeros and 34:30 becomes a time of day.
        """
        listed = "[" + ", ".join(_quoted(path) for path in paths) + "]"
        options = "union_by_name = true, filename = '_file'"
        if paths[0].suffix.lower() == ".parquet":
            reader = f"read_parquet({listed}, {options})"
        else:
            reader = (
                f"read_csv({listed}, {options}, all_varchar = true, header = true,"
                " delim = ',', quote = '\"')"
            )
        self.run(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM {reader}")

    def parquet_columns(self, path: Path) -> tuple[str, ...]:
        """From the file's footer."""
        rows = self.rows(f"DESCRIBE SELECT * FROM read_parquet({_quoted(path)})")
        return tuple(row[0] for row in rows)

    def has(self, name: str) -> bool:
        return bool(self.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [name]))

    def put(self, name: str, arrays: Mapping[str, Any]) -> None:
        """Make numpy arrays of equal length a table of that name; objects are text, or None."""
        self._connection.register("arrays_put", dict(arrays))
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arrays_put")
        self._connection.unregister("arrays_put")

    def run(self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> None:
        self._execute(sql, parameters)

    def rows(
        self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        return self._execute(sql, parameters).fetchall()

    def _execute(
        self, sql: str, parameters: Sequence[object] | Mapping[str, object]
    ) -> duckdb.DuckDBPyConnection:
        try:
            return self._connection.execute(sql, parameters)
        except duckdb.Error as error:
            raise WarehouseFailed(str(error)) from error

    def columns(self, name: str) -> dict[str, str]:
        """Column names of a table with DuckDB's types."""
        return {row[0]: row[1] for row in self.rows(f"DESCRIBE {name}")}

    def write(self, query: str, contract: Contract, path: Path) -> int:
        """Write the query's rows as the contract's columns, by name, and return how many."""
        picked = ", ".join(
            f"CAST({column.name} AS {DUCKDB_TYPES[column.type]}) AS {column.name}"
            for column in contract.columns
        )
        order = ", ".join(
            dict.fromkeys(
                (*((contract.date_column,) if contract.date_column else ()), *contract.key)
            )
        )
        written = self.rows(
            f"COPY (SELECT {picked} FROM ({query}) ORDER BY {order})"
            f" TO {_quoted(path)} (FORMAT parquet)"
        )
        return int(written[0][0])


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
