"""How a dataset and a table are laid out, as contracts want it and as BigQuery's API says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from warehouse.bigquery.address import Address

NULLABLE, REQUIRED, REPEATED = "NULLABLE", "REQUIRED", "REPEATED"
STANDARD = {
    "INTEGER": "INT64",
    "FLOAT": "FLOAT64",
    "BOOLEAN": "BOOL",
    "RECORD": "STRUCT",
    "DECIMAL": "NUMERIC",
}
"""The API answers older names."""
Resource = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ColumnLayout:
    """One column."""

    name: str
    type: str
    mode: str = NULLABLE
    description: str = ""

    def as_api(self) -> dict[str, str]:
        return {
            "name": self.name,
            "type": self.type,
            "mode": self.mode,
            "description": self.description,
        }


@dataclass(frozen=True, kw_only=True)
class Partitioning:
    """By which column, in which steps; an expiration is milliseconds."""

    column: str | None
    """None where BigQuery partitions by the time of arrival, or by a range of numbers."""
    step: str = "DAY"
    expiration: int | None = None

    def __str__(self) -> str:
        return f"{self.step} of {self.column or 'something that is no column of time'}"


@dataclass(frozen=True, kw_only=True)
class TableLayout:
    """`table` is the contract's name of it; times are milliseconds."""

    table: str
    columns: tuple[ColumnLayout, ...]
    kind: str = "TABLE"
    description: str = ""
    partitioning: Partitioning | None = None
    clustering: tuple[str, ...] = ()
    requires_filter: bool = False
    expires: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def by_name(self) -> dict[str, ColumnLayout]:
        """BigQuery's names of columns know no case."""
        return {one.name.lower(): one for one in self.columns}

    def as_api(self, address: Address) -> dict[str, Any]:
        """For tables.insert."""
        dataset, name = self.table.split(".")
        made: dict[str, Any] = {
            "tableReference": {
                "projectId": address.project,
                "datasetId": address.dataset(dataset),
                "tableId": name,
            },
            "description": self.description,
            "labels": dict(self.labels),
            "schema": {"fields": [one.as_api() for one in self.columns]},
        }
        if self.partitioning:
            made["timePartitioning"] = {
                "type": self.partitioning.step,
                "field": self.partitioning.column,
            }
            made["requirePartitionFilter"] = self.requires_filter
        if self.clustering:
            made["clustering"] = {"fields": list(self.clustering)}
        return made


@dataclass(frozen=True, kw_only=True)
class DatasetLayout:
    """`name` is without the prefix; `table_expiration` and the other are defaults of new tables."""

    name: str
    location: str
    description: str = ""
    table_expiration: int | None = None
    partition_expiration: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def as_api(self, address: Address) -> dict[str, Any]:
        """For datasets.insert."""
        made: dict[str, Any] = {
            "datasetReference": {
                "projectId": address.project,
                "datasetId": address.dataset(self.name),
            },
            "location": self.location,
            "description": self.description,
            "labels": dict(self.labels),
        }
        if self.table_expiration:
            made["defaultTableExpirationMs"] = str(self.table_expiration)
        return made


def table_found(table: str, resource: Resource) -> TableLayout:
    """Of tables.get."""
    days = resource.get("timePartitioning")
    by = None
    if days:
        by = Partitioning(
            column=days.get("field"),
            step=days.get("type", "DAY"),
            expiration=_number(days.get("expirationMs")),
        )
    elif resource.get("rangePartitioning"):
        by = Partitioning(column=None, step="RANGE")
    return TableLayout(
        table=table,
        columns=tuple(_column(one) for one in (resource.get("schema") or {}).get("fields", ())),
        kind=resource.get("type", "TABLE"),
        description=resource.get("description") or "",
        partitioning=by,
        clustering=tuple((resource.get("clustering") or {}).get("fields", ())),
        requires_filter=bool(
            resource.get("requirePartitionFilter") or (days or {}).get("requirePartitionFilter")
        ),
        expires=_number(resource.get("expirationTime")),
        labels=dict(resource.get("labels") or {}),
    )


def dataset_found(name: str, resource: Resource) -> DatasetLayout:
    """Of datasets.get."""
    return DatasetLayout(
        name=name,
        location=str(resource.get("location", "")),
        description=resource.get("description") or "",
        table_expiration=_number(resource.get("defaultTableExpirationMs")),
        partition_expiration=_number(resource.get("defaultPartitionExpirationMs")),
        labels=dict(resource.get("labels") or {}),
    )


def _column(given: Resource) -> ColumnLayout:
    kind = str(given["type"]).upper()
    return ColumnLayout(
        name=given["name"],
        type=STANDARD.get(kind, kind),
        mode=str(given.get("mode") or NULLABLE).upper(),
        description=given.get("description") or "",
    )


def _number(given: object) -> int | None:
    return int(str(given)) if given else None
