"""How many bytes a statement reads, by a model that is fair to BigQuery's.

By column: 8 bytes for INT64, FLOAT64, DATE, TIMESTAMP, DATETIME and TIME, 1 for BOOL, 16 for
NUMERIC, 2 and the UTF-8 bytes for STRING, none for NULL; of an ARRAY or STRUCT the length of its
text. A statement reads the columns that its result needs, of the partitions that its constant
predicates on the partition column leave; of a table whose rows it updates or deletes all columns.
Each column of a partition counts once, however often it is read; clustering saves nothing; billed
are at least 10 MiB for each table, in whole MiB.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.bigquery.errors import invalid_query
from tests.bigquery.fields import REPEATED, Field
from tests.bigquery.names import Name, day_of
from tests.bigquery.predicates import Predicate
from tests.bigquery.pruning import Read
from tests.bigquery.storage import Storage
from tests.bigquery.tables import Table

FIXED = {"BOOL": 1, "NUMERIC": 16} | dict.fromkeys(
    ("INT64", "FLOAT64", "DATE", "TIMESTAMP", "DATETIME", "TIME"), 8
)
MIB = 1024 * 1024
LEAST_BILLED = 10 * MIB


@dataclass(frozen=True)
class PartitionSize:
    rows: int
    columns: Mapping[str, int]

    @property
    def bytes(self) -> int:
        return sum(self.columns.values())


class Sizes:
    """Counted once for each content of a table."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._counted: dict[Name, tuple[object, dict[str, PartitionSize]]] = {}

    def of(self, table: Table) -> dict[str, PartitionSize]:
        """By partition; an unpartitioned table is one without a name."""
        key = (table.created, table.content, table.schema)
        known, sizes = self._counted.get(table.name, (None, {}))
        if known == key and not self._storage.in_transaction:
            return sizes
        sizes = self._count(table)
        if not self._storage.in_transaction:
            self._counted[table.name] = key, sizes
        return sizes

    def _count(self, table: Table) -> dict[str, PartitionSize]:
        sums = "".join(f", coalesce({_bytes(one)}, 0)::BIGINT" for one in table.schema)
        rows = self._storage.run(
            f"SELECT {table.partition_id} AS part, count(*){sums} FROM {table.sql} GROUP BY part"
        )
        return {
            part: PartitionSize(count, dict(zip(table.columns, found, strict=True)))
            for part, count, *found in rows
        }

    def processed(
        self, reads: Iterable[Read], tables: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> int:
        """Bytes that these scans read together; refuses one that a table doesn't allow."""
        reads = [one for one in reads if one.table in tables]
        # in a transaction each look counts anew
        sizes = {name: self.of(tables[name]) for name in {one.table for one in reads}}
        counted: dict[tuple[str, str], set[str]] = {}
        for read in reads:
            table = tables[read.table]
            filters = usable(table, read)
            for part in sizes[read.table]:
                if table.partition_column is None or left(part, filters, parameters):
                    columns = table.columns if read.columns is None else read.columns
                    counted.setdefault((read.table, part), set()).update(columns)
        return sum(
            sizes[name][part].columns[column]
            for (name, part), columns in counted.items()
            for column in columns
        )


def usable(table: Table, read: Read) -> tuple[Predicate, ...]:
    column = table.partition_column
    filters = read.filters.get(column, ()) if column else ()
    if table.require_filter and not filters:
        name = f"{table.name.project}.{table.name.dataset}.{table.name.table}"
        raise invalid_query(
            f"Cannot query over table '{name}' without a filter over column(s) '{column}'"
            " that can be used for partition elimination"
        )
    return filters


def left(part: str, filters: Iterable[Predicate], parameters: Mapping[str, Any]) -> bool:
    day: date | None = day_of(part)
    return all(one.may_hold(day, parameters) for one in filters)


def billed(processed: int, tables: int) -> int:
    return max(tables * LEAST_BILLED, -(-processed // MIB) * MIB) if processed else 0


def _bytes(field: Field) -> str:
    column = f'"{field.name}"'
    if field.mode == REPEATED or field.type == "STRUCT":
        return f"sum(strlen(CAST({column} AS VARCHAR)))"
    if field.type == "BYTES":
        return f"sum(2 + octet_length({column}))"
    if field.type in ("STRING", "JSON"):
        return f"sum(2 + strlen({column}))"
    return f"{FIXED[field.type]} * count({column})"
