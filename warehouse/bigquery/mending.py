"""From a table as it is to a table as it is wanted: one patch, which adds and never takes away.

One, because a table takes five updates of its metadata in ten seconds and no more.
"""

from __future__ import annotations

from typing import Any

from warehouse.bigquery.layout import (
    NULLABLE,
    REQUIRED,
    DatasetLayout,
    Resource,
    TableLayout,
    dataset_found,
    table_found,
)


def table_patch(wanted: TableLayout, resource: Resource) -> dict[str, Any]:
    """The fields of tables.patch; none where nothing is to be done. What blocks is not here."""
    found = table_found(wanted.table, resource)
    patch: dict[str, Any] = _said_of(wanted, found)
    columns = _columns(wanted, resource)
    if columns != _stored(resource):
        patch["schema"] = {"fields": columns}
    if found.clustering != wanted.clustering:
        fields = {"fields": list(wanted.clustering)}
        patch["clustering"] = fields if wanted.clustering else None
    if found.expires is not None:
        patch["expirationTime"] = None
    if found.partitioning and found.partitioning.expiration:
        patch["timePartitioning"] = {
            "type": found.partitioning.step,
            "field": found.partitioning.column,
            "expirationMs": None,
        }
    if found.requires_filter != wanted.requires_filter:
        patch["requirePartitionFilter"] = wanted.requires_filter
    return patch


def dataset_patch(wanted: DatasetLayout, resource: Resource) -> dict[str, Any]:
    found = dataset_found(wanted.name, resource)
    patch: dict[str, Any] = _said_of(wanted, found)
    if found.table_expiration != wanted.table_expiration:
        given = wanted.table_expiration
        patch["defaultTableExpirationMs"] = str(given) if given else None
    if found.partition_expiration is not None:
        patch["defaultPartitionExpirationMs"] = None
    return patch


def _said_of(
    wanted: TableLayout | DatasetLayout, found: TableLayout | DatasetLayout
) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    if found.description != wanted.description:
        patch["description"] = wanted.description
    labels = {**found.labels, **wanted.labels}
    if labels != found.labels:
        patch["labels"] = labels
    return patch


def _columns(wanted: TableLayout, resource: Resource) -> list[dict[str, Any]]:
    """The stored ones as they are, but relaxed and described; then the new ones."""
    made = []
    stored = _stored(resource)
    for given in stored:
        column = wanted.by_name.get(given["name"].lower())
        changed = dict(given)
        if column and given.get("mode") == REQUIRED:
            changed["mode"] = NULLABLE
        if column and (given.get("description") or "") != column.description:
            changed["description"] = column.description
        made.append(changed)
    known = {given["name"].lower() for given in stored}
    new = [column.as_api() for name, column in wanted.by_name.items() if name not in known]
    return [*made, *new]


def _stored(resource: Resource) -> list[dict[str, Any]]:
    return list((resource.get("schema") or {}).get("fields", ()))
