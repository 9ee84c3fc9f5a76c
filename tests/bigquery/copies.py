"""Copy jobs: a table, or one partition of it, into another."""

from __future__ import annotations

from tests.bigquery.errors import invalid, not_implemented
from tests.bigquery.fields import Schema
from tests.bigquery.jobs import Job
from tests.bigquery.names import from_reference
from tests.bigquery.storage import Storage
from tests.bigquery.tables import Table
from tests.bigquery.writing import Destination, destination, write


def carry_out(job: Job, storage: Storage) -> None:
    given = job.specific
    if given.get("operationType", "COPY") not in ("COPY", "OPERATION_TYPE_UNSPECIFIED"):
        raise not_implemented(f"copy jobs of type {given['operationType']}")
    listed = given.get("sourceTables") or [given["sourceTable"]]
    names = [from_reference(one, job.project) for one in listed]
    sources = [storage.table(name) for name in names]
    to = destination(given, job.project, write="WRITE_EMPTY")
    _refuse_other_layout(sources, to, storage.find(to.name))
    schema = _common(sources)
    columns = ", ".join(f'"{one.name}"' for one in schema)
    rows = " UNION ALL ".join(
        f"SELECT {columns} FROM {table.sql}{table.where(name.partition)}"
        for name, table in zip(names, sources, strict=True)
    )
    to = Destination(
        name=to.name,
        write=to.write,
        create=to.create,
        partition_column=sources[0].partition_column,
        clustering=sources[0].clustering,
    )
    count = write(storage, to, rows, {}, schema)
    job.statistics |= {"copiedRows": str(count)}


def _common(sources: list[Table]) -> Schema:
    schema = sources[0].schema
    if any(one.schema != schema for one in sources):
        raise invalid("The source tables of a copy job must have one schema")
    return schema


def _refuse_other_layout(sources: list[Table], to: Destination, target: Table | None) -> None:
    """Unlike a query, a copy takes over files: they must be laid out as the target's are."""
    if target is None or (to.write == "WRITE_TRUNCATE" and not to.name.partition):
        return
    for one in sources:
        if one.partition_column != target.partition_column:
            raise invalid(
                "Incompatible table partitioning specification. Expects partitioning specification"
                f" {target.partitioning}, but input partitioning specification is"
                f" {one.partitioning}"
            )
