"""datasets.get, insert, patch, update, delete and list."""

from __future__ import annotations

from typing import Any

from tests.bigquery.calls import Call, Reply, page
from tests.bigquery.errors import ApiError, invalid, not_found
from tests.bigquery.resources import dataset_to_api, etag
from tests.bigquery.tables import Dataset

SETTABLE = (
    "description",
    "friendlyName",
    "labels",
    "defaultTableExpirationMs",
    "access",
)


def get(call: Call) -> dict[str, Any]:
    return dataset_to_api(call.path["project"], _found(call))


def insert(call: Call) -> dict[str, Any]:
    if call.path["project"] != call.state.storage.project:
        raise not_found("Project", call.path["project"])
    body = call.json
    if body.get("location", "US").upper() != "US":
        raise invalid(f"this server's location is US, not {body['location']}")
    reference = body.get("datasetReference", {})
    if "datasetId" not in reference:
        raise ApiError("required", "Required parameter is missing: datasetReference.datasetId")
    made = call.state.storage.create_dataset(reference["datasetId"], _settable(body))
    return dataset_to_api(call.path["project"], made)


def patch(call: Call) -> dict[str, Any]:
    """Fields that aren't sent stay; a null takes one away."""
    dataset = _found(call)
    return _changed(call, dataset, dataset.properties | _settable(call.json))


def update(call: Call) -> dict[str, Any]:
    return _changed(call, _found(call), _settable(call.json))


def delete(call: Call) -> Reply:
    call.state.storage.drop_dataset(
        call.path["project"], call.path["dataset"], contents=call.flag("deleteContents")
    )
    return Reply(status=204)


def list_(call: Call) -> dict[str, Any]:
    project, storage = call.path["project"], call.state.storage
    if project != storage.project:
        raise not_found("Project", project)
    kept, more = page([storage.datasets[name] for name in sorted(storage.datasets)], call)
    shown = ("kind", "id", "datasetReference", "location", "labels", "friendlyName")
    listed = []
    for one in kept:
        whole = dataset_to_api(project, one)
        listed.append({name: whole[name] for name in shown if name in whole})
    return {"kind": "bigquery#datasetList", "datasets": listed, **more}


def _found(call: Call) -> Dataset:
    return call.state.storage.dataset(call.path["project"], call.path["dataset"])


def _changed(call: Call, dataset: Dataset, properties: dict[str, Any]) -> dict[str, Any]:
    wanted = call.headers.get("if-match")
    if wanted is not None and wanted != etag(dataset):
        raise ApiError("conditionNotMet", "Precondition Failed")
    dataset.properties = {name: it for name, it in properties.items() if it is not None}
    dataset.modified = call.state.clock.now()
    return get(call)


def _settable(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in SETTABLE if name in body}
