"""The rows that a query job answers: held since it ended, or read where it has written them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tests.bigquery.errors import invalid_query, not_implemented
from tests.bigquery.fields import REPEATED, Schema
from tests.bigquery.names import Name
from tests.bigquery.storage import Storage

Row = tuple[Any, ...]
LARGEST = 2**63 - 1


class Rows(Protocol):
    @property
    def total(self) -> int: ...

    def page(self, start: int, size: int) -> Sequence[Row]: ...


@dataclass(frozen=True)
class Held:
    rows: Sequence[Row] = ()

    @property
    def total(self) -> int:
        return len(self.rows)

    def page(self, start: int, size: int) -> Sequence[Row]:
        return self.rows[start : start + size]


@dataclass(frozen=True)
class Stored:
    """Of a table, or of the partition that was written; gone once the table is."""

    storage: Storage
    name: Name
    schema: Schema

    @property
    def total(self) -> int:
        [(count,)] = self._run("count(*)")
        return int(count)

    def page(self, start: int, size: int) -> Sequence[Row]:
        columns = ", ".join(f'"{one.name}"' for one in self.schema)
        return self._run(columns, f" LIMIT {size} OFFSET {start}")

    def _run(self, columns: str, limit: str = "") -> list[Row]:
        with self.storage.lock:
            table = self.storage.table(self.name)
            where = table.where(self.name.partition)
            return self.storage.run(f"SELECT {columns} FROM {table.sql}{where}{limit}")


def checked(rows: list[Row], schema: Schema) -> list[Row]:
    """Refuses what DuckDB can answer and BigQuery can't: wider integers, arrays with NULLs."""
    if rows and len(rows[0]) != len(schema):
        raise not_implemented("way to give this query's columns one by one")
    for place, field in enumerate(schema):
        values = [row[place] for row in rows if row[place] is not None]
        if field.mode == REPEATED:
            if any(one is None for value in values for one in value):
                raise invalid_query(
                    f"Array cannot have a null element; error in writing field {field.name}"
                )
        elif field.type == "INT64" and any(not -LARGEST - 1 <= one <= LARGEST for one in values):
            raise invalid_query(f"integer overflow in field {field.name}")
    return rows
