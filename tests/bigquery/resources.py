"""Datasets and tables as the API shows them."""

from __future__ import annotations

from typing import Any

from tests.bigquery.fields import schema_to_api
from tests.bigquery.names import Name
from tests.bigquery.sizes import Sizes
from tests.bigquery.tables import Dataset, Table


def dataset_to_api(project: str, dataset: Dataset) -> dict[str, Any]:
    return {
        "kind": "bigquery#dataset",
        "etag": etag(dataset),
        "id": f"{project}:{dataset.dataset_id}",
        "selfLink": f"/bigquery/v2/projects/{project}/datasets/{dataset.dataset_id}",
        "datasetReference": {"projectId": project, "datasetId": dataset.dataset_id},
        "location": "US",
        "creationTime": str(dataset.created),
        "lastModifiedTime": str(dataset.modified),
        "type": "DEFAULT",
        **dataset.properties,
    }


def etag(dataset: Dataset) -> str:
    return f"{dataset.created}-{dataset.modified}"


def table_to_api(table: Table, sizes: Sizes, name: Name) -> dict[str, Any]:
    """The Table resource; under the name of a partition it counts that partition's rows."""
    found = sizes.of(table)
    counted = [found[name.partition]] if name.partition in found else []
    if name.partition is None:
        counted = list(found.values())
    made = table_in_list(table) | {
        "kind": "bigquery#table",
        "etag": table.etag,
        "id": str(name),
        "tableReference": name.api,
        "selfLink": f"/bigquery/v2/projects/{name.project}/datasets/{name.dataset}"
        f"/tables/{name.api['tableId']}",
        "schema": schema_to_api(table.schema),
        "numRows": str(sum(one.rows for one in counted)),
        "numBytes": str(sum(one.bytes for one in counted)),
        "numLongTermBytes": "0",
        "lastModifiedTime": str(
            table.partitions.get(name.partition, table.modified)
            if name.partition
            else table.modified
        ),
        "location": "US",
    }
    return made | table.properties


def table_in_list(table: Table) -> dict[str, Any]:
    """What tables.list says of each."""
    made: dict[str, Any] = {
        "kind": "bigquery#table",
        "id": str(table.name),
        "tableReference": table.name.api,
        "type": "TABLE",
        "creationTime": str(table.created),
    }
    if table.expires is not None:
        made["expirationTime"] = str(table.expires)
    if table.partition_column is not None:
        made["timePartitioning"] = {"type": "DAY", "field": table.partition_column}
        if table.require_filter:
            made["timePartitioning"]["requirePartitionFilter"] = True
            made["requirePartitionFilter"] = True
    if table.clustering:
        made["clustering"] = {"fields": list(table.clustering)}
    labels = table.properties.get("labels")
    return made | ({"labels": labels} if labels else {})
