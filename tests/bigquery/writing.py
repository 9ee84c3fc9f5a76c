"""Rows into a destination table: what query, load and copy jobs end with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.bigquery.errors import already_exists, invalid, not_found
from tests.bigquery.fields import Schema
from tests.bigquery.names import Name, from_reference
from tests.bigquery.schemas import appended
from tests.bigquery.storage import Storage
from tests.bigquery.tables import Table, time_partitioning

INCOMING = "incoming"
DISPOSITIONS = ("WRITE_APPEND", "WRITE_EMPTY", "WRITE_TRUNCATE")


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where a job writes, as its configuration says."""

    name: Name
    write: str
    create: str = "CREATE_IF_NEEDED"
    partition_column: str | None = None
    require_filter: bool = False
    clustering: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


def destination(configuration: Mapping[str, Any], project: str, *, write: str) -> Destination:
    """`write` is the disposition of a job that names none."""
    chosen = configuration.get("writeDisposition", write)
    if chosen not in DISPOSITIONS:
        raise invalid(f"Invalid writeDisposition {chosen}")
    partitioning = configuration.get("timePartitioning")
    return Destination(
        name=from_reference(configuration["destinationTable"], project),
        write=chosen,
        create=configuration.get("createDisposition", "CREATE_IF_NEEDED"),
        partition_column=time_partitioning(partitioning),
        require_filter=bool((partitioning or {}).get("requirePartitionFilter")),
        clustering=tuple(configuration.get("clustering", {}).get("fields", ())),
        options=tuple(configuration.get("schemaUpdateOptions", ())),
    )


def write(
    storage: Storage, to: Destination, rows: str, values: Mapping[str, Any], schema: Schema
) -> int:
    """Write the rows of a DuckDB query, whose columns are the schema's; say how many."""
    storage.dataset(to.name.project, to.name.dataset)
    with storage.transaction():
        columns = ", ".join(f'"{one.name}"' for one in schema)
        storage.run(f"DROP TABLE IF EXISTS {INCOMING}")
        storage.run(
            f"CREATE TEMP TABLE {INCOMING} AS SELECT * FROM ({rows}) AS given({columns})", values
        )
        table = _emptied(storage, to, schema)
        _refuse_other_days(storage, to, table)
        casts = ", ".join(f'CAST("{one.name}" AS {one.duckdb_type})' for one in schema)
        storage.run(f"INSERT INTO {table.sql} ({columns}) SELECT {casts} FROM {INCOMING}")
        written = {part for (part,) in storage.run(_parts(table))}
        storage.written(table, written | {to.name.partition} if to.name.partition else written)
        [(count,)] = storage.run(f"SELECT count(*) FROM {INCOMING}")
        storage.run(f"DROP TABLE {INCOMING}")
    return int(count)


def _parts(table: Table) -> str:
    return f"SELECT DISTINCT {table.partition_id} FROM {INCOMING}"


def _emptied(storage: Storage, to: Destination, schema: Schema) -> Table:
    """The table, as empty as the disposition asks, with room for the schema's columns."""
    table = storage.find(to.name)
    if table is None:
        return _created(storage, to, schema)
    _refuse_other_layout(to, table)
    where = table.where(to.name.partition)
    if to.write == "WRITE_TRUNCATE" and not to.name.partition:
        storage.recreate(table, schema)
        return table
    if to.write == "WRITE_EMPTY" and storage.run(f"SELECT 1 FROM {table.sql}{where} LIMIT 1"):
        raise already_exists("Table", str(to.name))
    grown = appended(table.name, table.schema, schema, to.options)
    if grown != table.schema:
        # first: DuckDB alters no table that the transaction has written to
        storage.change_schema(table, grown)
    if to.write == "WRITE_TRUNCATE":
        storage.run(f"DELETE FROM {table.sql}{where}")
    return table


def _created(storage: Storage, to: Destination, schema: Schema) -> Table:
    if to.create == "CREATE_NEVER":
        raise not_found("Table", str(to.name.whole))
    if to.name.partition and not to.partition_column:
        raise invalid(
            f"Table {to.name.whole} does not exist, and a partition of it can only be written by a"
            " job that gives its timePartitioning"
        )
    return storage.create(
        storage.new(
            to.name,
            schema,
            partition_column=to.partition_column,
            clustering=to.clustering,
            require_filter=to.require_filter,
        )
    )


def _refuse_other_layout(to: Destination, table: Table) -> None:
    if to.partition_column and to.partition_column != table.partition_column:
        raise invalid(
            "Incompatible table partitioning specification. Expects partitioning specification"
            f" {table.partitioning}, but input partitioning specification is"
            f" interval(type:day,field:{to.partition_column})"
        )
    if to.name.partition and not table.partition_column:
        raise invalid(f"Table {table.name} is not partitioned: it has no {to.name}")


def _refuse_other_days(storage: Storage, to: Destination, table: Table) -> None:
    if to.name.partition is None:
        return
    if any(part != to.name.partition for (part,) in storage.run(_parts(table))):
        raise invalid(
            "Some rows belong to different partitions rather than destination partition"
            f" {to.name.partition}"
        )
