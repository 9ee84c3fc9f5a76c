"""tables.get, insert, patch, update, delete and list; tabledata.list."""

from __future__ import annotations

from typing import Any

from tests.bigquery.calls import Call, Reply, page
from tests.bigquery.errors import ApiError, invalid, not_implemented
from tests.bigquery.fields import Schema, schema_from_api
from tests.bigquery.names import Name, from_parts, from_reference
from tests.bigquery.resources import table_in_list, table_to_api
from tests.bigquery.schemas import updated
from tests.bigquery.tables import Table, check_layout, time_partitioning
from tests.bigquery.values import rows_to_api

PROPERTIES = ("description", "friendlyName", "labels")
KINDS_NOT_HERE = ("view", "materializedView", "externalDataConfiguration", "rangePartitioning")
PAGE = 50_000


def get(call: Call) -> dict[str, Any]:
    name = _name(call)
    return table_to_api(call.state.storage.table(name), call.state.sizes, name)


def insert(call: Call) -> dict[str, Any]:
    body, storage = call.json, call.state.storage
    for kind in KINDS_NOT_HERE:
        if kind in body:
            raise not_implemented(kind)
    reference = body.get("tableReference", {})
    if "tableId" not in reference:
        raise ApiError("required", "Required parameter is missing: tableReference.tableId")
    name = from_reference({"datasetId": call.path["dataset"], **reference}, call.path["project"])
    partitioning = body.get("timePartitioning") or {}
    table = storage.new(
        name,
        schema_from_api(body.get("schema")),
        partition_column=time_partitioning(partitioning),
        clustering=tuple((body.get("clustering") or {}).get("fields", ())),
        require_filter=_requires(body),
        properties={one: body[one] for one in PROPERTIES if body.get(one) is not None},
    )
    if body.get("expirationTime") is not None:
        table.expires = _expiration(call, body["expirationTime"])
    storage.create(table)
    return table_to_api(table, call.state.sizes, table.name)


def patch(call: Call) -> dict[str, Any]:
    """Fields that aren't sent stay; a null takes one away."""
    table, body = call.state.storage.table(_name(call)), call.json
    wanted = call.headers.get("if-match")
    if wanted is not None and wanted != table.etag:
        raise ApiError("conditionNotMet", "Precondition Failed")
    if body.get("schema") is not None:
        call.state.storage.change_schema(
            table, updated(table.name, table.schema, schema_from_api(body["schema"]))
        )
    if body.get("timePartitioning"):
        column = time_partitioning(body["timePartitioning"])
        if column != table.partition_column:
            raise invalid(f"Cannot change partitioning of table {table.name}")
    if "clustering" in body:
        clustering = tuple((body["clustering"] or {}).get("fields", ()))
        check_layout(table.schema, table.partition_column, clustering)
        table.clustering = clustering
    if "requirePartitionFilter" in body or body.get("timePartitioning"):
        table.require_filter = _requires(body)
    if "expirationTime" in body:
        given = body["expirationTime"]
        table.expires = None if given is None else _expiration(call, given)
    changed = table.properties | {one: body[one] for one in PROPERTIES if one in body}
    table.properties = {one: value for one, value in changed.items() if value is not None}
    call.state.storage.touch(table)
    return get(call)


def update(call: Call) -> dict[str, Any]:
    """tables.update replaces everything that may be set."""
    whole = dict.fromkeys((*PROPERTIES, "expirationTime", "clustering"))
    body = whole | {"requirePartitionFilter": False} | call.json
    vars(call)["json"] = body
    return patch(call)


def delete(call: Call) -> Reply:
    """Under the name of a partition only that goes."""
    storage, name = call.state.storage, _name(call)
    table = storage.table(name)
    if name.partition is None:
        storage.drop(name)
        return Reply(status=204)
    with storage.transaction():
        storage.run(f"DELETE FROM {table.sql}{table.where(name.partition)}")
        storage.written(table, [name.partition])
    return Reply(status=204)


def list_(call: Call) -> dict[str, Any]:
    held = list(call.state.storage.tables(call.path["project"], call.path["dataset"]))
    kept, more = page(held, call)
    return {
        "kind": "bigquery#tableList",
        "tables": [table_in_list(one) for one in kept],
        "totalItems": len(held),
        **more,
    }


def data(call: Call) -> dict[str, Any]:
    """Rows of a table or a partition, from startIndex or a pageToken on."""
    name = _name(call)
    table = call.state.storage.table(name)
    fields = _selected(call, table)
    start = call.start()
    size = min(call.number("maxResults", PAGE) or PAGE, PAGE)
    where = table.where(name.partition)
    run = call.state.storage.run
    columns = ", ".join(f'"{one.name}"' for one in fields) or "1"
    rows = run(f"SELECT {columns} FROM {table.sql}{where} LIMIT {size} OFFSET {start}")
    [(total,)] = run(f"SELECT count(*) FROM {table.sql}{where}")
    answer: dict[str, Any] = {
        "kind": "bigquery#tableDataList",
        "etag": table.etag,
        "totalRows": str(total),
        "rows": rows_to_api(rows, fields, integer_timestamps=integer_timestamps(call)),
    }
    if start + size < total:
        answer["pageToken"] = str(start + size)
    return answer


def integer_timestamps(call: Call) -> bool:
    return call.flag("formatOptions.useInt64Timestamp")


def _selected(call: Call, table: Table) -> Schema:
    names = call.query.get("selectedFields")
    if not names:
        return table.schema
    wanted = names.lower().split(",")
    unknown = set(wanted) - {one.name.lower() for one in table.schema}
    if unknown:
        raise invalid(f"No such field: {', '.join(sorted(unknown))}")
    return tuple(one for one in table.schema if one.name.lower() in wanted)


def _name(call: Call) -> Name:
    return from_parts(call.path["project"], call.path["dataset"], call.path["table"])


def _requires(body: dict[str, Any]) -> bool:
    partitioning = body.get("timePartitioning") or {}
    return bool(body.get("requirePartitionFilter") or partitioning.get("requirePartitionFilter"))


def _expiration(call: Call, given: str) -> int:
    if int(given) <= call.state.clock.now():
        raise invalid(f"Invalid value for expirationTime: {given} is in the past")
    return int(given)
