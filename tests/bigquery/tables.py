"""A dataset and a table as the server keeps them; the rows are DuckDB's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.bigquery.errors import invalid, not_implemented
from tests.bigquery.fields import REPEATED, REQUIRED, Schema
from tests.bigquery.names import Name

MOST_CLUSTERING_COLUMNS = 4
UNCLUSTERABLE = ("FLOAT64", "STRUCT", "JSON", "BYTES", "TIME")


@dataclass
class Dataset:
    """`properties` are those that a client may set: description, labels, default expiration."""

    dataset_id: str
    created: int
    modified: int
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass
class Table:
    """Times are milliseconds; `partitions` holds when each of them was last written."""

    name: Name
    schema: Schema
    created: int
    modified: int
    partition_column: str | None = None
    clustering: tuple[str, ...] = ()
    require_filter: bool = False
    expires: int | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    partitions: dict[str, int] = field(default_factory=dict)
    version: int = 0
    """Grows with everything that happens to the table: what its ETag is made of."""
    content: int = 0
    """Grows with what is written."""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.schema)

    @property
    def sql(self) -> str:
        return storage_name(self.name)

    @property
    def etag(self) -> str:
        return f"{self.created}-{self.version}"

    @property
    def partition_id(self) -> str:
        """An expression: the id of the partition that a row of DuckDB's table is in."""
        column = self.partition_column
        return f"coalesce(strftime(\"{column}\", '%Y%m%d'), '__NULL__')" if column else "''"

    def where(self, partition: str | None) -> str:
        """Only the rows of one partition, where one is named."""
        return f" WHERE {self.partition_id} = '{partition}'" if partition else ""

    @property
    def partitioning(self) -> str:
        """As BigQuery's messages name it."""
        column = self.partition_column
        return f"interval(type:day,field:{column})" if column else "none"


def storage_name(name: Name) -> str:
    # Not the bare dataset: the dialect keeps the name `staging` for the connection's own tables.
    return f'"d_{name.dataset}"."{name.table}"'


def time_partitioning(given: dict[str, Any] | None) -> str | None:
    """The column of a TimePartitioning: days of a DATE or TIMESTAMP, and no other kind."""
    if not given:
        return None
    if given.get("type", "DAY") != "DAY" or not given.get("field"):
        raise not_implemented(f"partitioning but by days of a column: {given}")
    if given.get("expirationMs"):
        raise not_implemented("expiration of partitions")
    return str(given["field"])


def check_layout(schema: Schema, partition_column: str | None, clustering: tuple[str, ...]) -> None:
    """Partition and clustering columns are there and of a type that can be."""
    columns = {one.name.lower(): one for one in schema}
    if partition_column is not None:
        column = columns.get(partition_column.lower())
        if column is None:
            raise invalid(
                "The field specified for partitioning cannot be found in the schema"
                f" (field: {partition_column})"
            )
        if column.type not in ("DATE", "TIMESTAMP") or column.mode == REPEATED:
            raise not_implemented(f"partitioning by {column.type} ({column.name})")
    if len(clustering) > MOST_CLUSTERING_COLUMNS:
        raise invalid(f"Too many clustering columns: {len(clustering)}, at most 4")
    for name in clustering:
        column = columns.get(name.lower())
        if column is None:
            raise invalid(
                f"The field specified for clustering cannot be found in the schema: {name}"
            )
        if column.type in UNCLUSTERABLE or column.mode == REPEATED:
            raise invalid(f"Clustering by field {name} of type {column.sql_type} is not supported")


def ddl(name: str, schema: Schema, *, temporary: bool = False) -> str:
    columns = ", ".join(
        f'"{one.name}" {one.duckdb_type}{" NOT NULL" if one.mode == REQUIRED else ""}'
        for one in schema
    )
    return f"CREATE {'TEMP ' if temporary else ''}TABLE {name} ({columns})"
