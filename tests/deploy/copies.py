"""Copies of one thing, each with one field changed, so that one question tells of all of them."""

from __future__ import annotations

import copy
import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from clients.deploying.resource import Kind
from tests.deploy.beside import NOT_EMULATED
from tests.deploy.changes import Change, Json
from tests.deploy.server import Cloud

SUBSCRIPTIONS = "projects/tipoff-test/subscriptions"


@contextmanager
def copies(
    cloud: Cloud, kind: Kind, name: str, cases: Mapping[str, Change]
) -> Iterator[dict[str, str]]:
    """By the changed field, the copy's name."""
    names = {field: f"{name}-{number}" for number, field in enumerate(cases)}
    held = kept(cloud, kind)
    for field, copied in names.items():
        key = _key(kind, name)
        said = copy.deepcopy(held[key] if held is not None else subscription(cloud, name))
        _call(kind, said, copied)
        cases[field](said)
        if held is not None:
            held[_key(kind, copied)] = said
        else:
            put_subscription(cloud, copied, said)
    yield names
    for copied in names.values():
        if held is not None:
            del held[_key(kind, copied)]
        else:
            _emulated(cloud, "DELETE", copied)
            cloud.beside.forget(copied)


def kept(cloud: Cloud, kind: Kind) -> dict[str, Json] | None:
    """None for what the emulator keeps."""
    return {
        Kind.SERVICE: cloud.run.services,
        Kind.JOB: cloud.run.jobs,
        Kind.SCHEDULE: cloud.keeping.schedules,
        Kind.ACCOUNT: cloud.keeping.accounts,
        Kind.REPOSITORY: cloud.keeping.repositories,
        Kind.DATASET: cloud.keeping.datasets,
    }.get(kind)


def subscription(cloud: Cloud, name: str) -> Json:
    return _emulated(cloud, "GET", name)


def put_subscription(cloud: Cloud, name: str, said: Json) -> None:
    """Anew: much of one can't be changed."""
    body = {key: value for key, value in said.items() if key != "state"}
    cloud.beside.take(name, body, [one for one in NOT_EMULATED if body.get(one)])
    _emulated(cloud, "DELETE", name, missing_ok=True)
    _emulated(cloud, "PUT", name, body)


def _emulated(
    cloud: Cloud, method: str, name: str, body: Json | None = None, *, missing_ok: bool = False
) -> Json:
    url = f"http://{cloud.emulator}/v1/{SUBSCRIPTIONS}/{name}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=30) as answer:
            said: dict[str, Any] = json.loads(answer.read() or b"{}")
            return said
    except urllib.error.HTTPError as error:
        if error.code == 404 and missing_ok:
            return {}
        raise


def _key(kind: Kind, name: str) -> str:
    return f"{name}@tipoff-test.iam.gserviceaccount.com" if kind is Kind.ACCOUNT else name


def _call(kind: Kind, said: Json, name: str) -> None:
    if kind in (Kind.SERVICE, Kind.JOB):
        said["metadata"]["name"] = name
    elif kind is Kind.ACCOUNT:
        said["email"] = _key(kind, name)
        said["name"] = f"projects/tipoff-test/serviceAccounts/{said['email']}"
    else:
        said["name"] = f"{said['name'].rpartition('/')[0]}/{name}"
