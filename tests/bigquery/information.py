"""INFORMATION_SCHEMA of a dataset: PARTITIONS, TABLES and COLUMNS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.bigquery.errors import not_found
from tests.bigquery.fields import REQUIRED, Field, Schema
from tests.bigquery.names import VIEWS, Name
from tests.bigquery.sizes import Sizes
from tests.bigquery.storage import Storage
from tests.bigquery.tables import Table, ddl
from tests.bigquery.values import EPOCH, MICROSECOND


def _schema(**types: str) -> Schema:
    return tuple(Field(name, kind) for name, kind in types.items())


SCHEMAS = {
    "PARTITIONS": _schema(
        table_catalog="STRING",
        table_schema="STRING",
        table_name="STRING",
        partition_id="STRING",
        total_rows="INT64",
        total_logical_bytes="INT64",
        total_billable_bytes="INT64",
        last_modified_time="TIMESTAMP",
        storage_tier="STRING",
    ),
    "TABLES": _schema(
        table_catalog="STRING",
        table_schema="STRING",
        table_name="STRING",
        table_type="STRING",
        is_insertable_into="STRING",
        is_typed="STRING",
        creation_time="TIMESTAMP",
    ),
    "COLUMNS": _schema(
        table_catalog="STRING",
        table_schema="STRING",
        table_name="STRING",
        column_name="STRING",
        ordinal_position="INT64",
        is_nullable="STRING",
        data_type="STRING",
        is_hidden="STRING",
        is_partitioning_column="STRING",
        clustering_ordinal_position="INT64",
    ),
}


def schema(name: Name) -> Schema:
    view = name.table.removeprefix(f"{VIEWS}.")
    if view not in SCHEMAS:
        raise not_found("Table", str(name))
    return SCHEMAS[view]


def materialised(storage: Storage, sizes: Sizes, name: Name) -> str:
    """A temporary table with the view's rows of this moment; its name in DuckDB."""
    view = name.table.removeprefix(f"{VIEWS}.")
    made = f'"view_{name.dataset}_{view}"'
    storage.run(f"DROP TABLE IF EXISTS {made}")
    storage.run(ddl(made, SCHEMAS[view], temporary=True))
    rows = {"PARTITIONS": _partitions, "TABLES": _tables, "COLUMNS": _columns}[view]
    found = [
        (name.project, name.dataset, table.name.table, *row)
        for table in storage.tables(name.project, name.dataset)
        for row in rows(table, sizes)
    ]
    if found:
        # As text: DuckDB's client looks for optional packages once per value that it is handed.
        values = ", ".join(f"({', '.join(map(_literal, row))})" for row in found)
        storage.run(f"INSERT INTO {made} VALUES {values}")
    return made


def _literal(value: Any) -> str:
    if value is None or isinstance(value, int):
        return "NULL" if value is None else str(value)
    text = str(value).replace("'", "''")
    return f"'{text}'"


def _partitions(table: Table, sizes: Sizes) -> Iterator[tuple[Any, ...]]:
    """Partitions that hold rows; an unpartitioned table is one whose id is NULL."""
    found = sizes.of(table)
    if table.partition_column is None:
        size = found.get("")
        rows, size_bytes = (size.rows, size.bytes) if size else (0, 0)
        yield None, rows, size_bytes, size_bytes, instant(table.modified), "ACTIVE"
        return
    for part, size in sorted(found.items()):
        written = instant(table.partitions.get(part, table.modified))
        yield part, size.rows, size.bytes, size.bytes, written, "ACTIVE"


def _tables(table: Table, sizes: Sizes) -> Iterator[tuple[Any, ...]]:
    yield "BASE TABLE", "YES", "NO", instant(table.created)


def _columns(table: Table, sizes: Sizes) -> Iterator[tuple[Any, ...]]:
    for place, field in enumerate(table.schema, 1):
        clustered = [one.lower() for one in table.clustering]
        yield (
            field.name,
            place,
            "NO" if field.mode == REQUIRED else "YES",
            field.sql_type,
            "NO",
            "YES" if field.name == table.partition_column else "NO",
            clustered.index(field.name.lower()) + 1 if field.name.lower() in clustered else None,
        )


def instant(milliseconds: int) -> datetime:
    return EPOCH + milliseconds * 1000 * MICROSECOND
