"""The server's simpler parts: accounts, scheduler jobs, image repositories, datasets."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from tests.deploy.answers import exists, not_found

Json = dict[str, Any]


@dataclass
class Keeping:
    """One project's."""

    project: str
    region: str
    accounts: dict[str, Json] = field(default_factory=dict)
    schedules: dict[str, Json] = field(default_factory=dict)
    repositories: dict[str, Json] = field(default_factory=dict)
    datasets: dict[str, Json] = field(default_factory=dict)
    _count: int = 0

    def create_account(self, body: Json) -> Json:
        email = f"{body['accountId']}@{self.project}.iam.gserviceaccount.com"
        self._new(self.accounts, email)
        self.accounts[email] = body.get("serviceAccount", {}) | {
            "name": f"projects/{self.project}/serviceAccounts/{email}",
            "projectId": self.project,
            "uniqueId": str(100000000000000000000 + self._count),
            "email": email,
            "etag": "MDEwMjE5MjA=",
            "oauth2ClientId": str(100000000000000000000 + self._count),
        }
        return self.accounts[email]

    def patch_account(self, email: str, body: Json) -> Json:
        kept = _held(self.accounts, email)
        for name in body["updateMask"].split(","):
            kept[_camel(name)] = body["serviceAccount"][_camel(name)]
        return kept

    def enable_account(self, email: str) -> Json:
        _held(self.accounts, email).pop("disabled", None)
        return {}

    def create_schedule(self, body: Json) -> Json:
        name = body["name"].rpartition("/")[2]
        self._new(self.schedules, name)
        target = body["httpTarget"]
        target["headers"] = {"User-Agent": "Google-Cloud-Scheduler", **target.get("headers", {})}
        self.schedules[name] = copy.deepcopy(body) | {
            "state": "ENABLED",
            "userUpdateTime": f"2026-11-21T15:00:{self._count % 60:02d}Z",
            "scheduleTime": "2026-11-22T15:00:00Z",
            "attemptDeadline": body.get("attemptDeadline", "180s"),
        }
        return self.schedules[name]

    def patch_schedule(self, name: str, body: Json, mask: str) -> Json:
        kept = _held(self.schedules, name)
        for path in mask.split(","):
            _put(kept, body, path.split("."))
        headers = kept["httpTarget"].get("headers", {})
        kept["httpTarget"]["headers"] = {name: one for name, one in headers.items() if one}
        self._count += 1
        kept["userUpdateTime"] = f"2026-11-21T15:00:{self._count % 60:02d}Z"
        return kept

    def set_schedule_state(self, name: str, state: str) -> Json:
        kept = _held(self.schedules, name)
        kept["state"] = state
        return kept

    def create_repository(self, name: str, body: Json) -> Json:
        """A long operation, done at once."""
        self._new(self.repositories, name)
        path = f"projects/{self.project}/locations/{self.region}/repositories/{name}"
        self.repositories[name] = body | {
            "name": path,
            "createTime": "2026-11-21T15:00:00Z",
            "updateTime": "2026-11-21T15:00:00Z",
        }
        operation = f"projects/{self.project}/locations/{self.region}/operations/{self._count}"
        response = {"@type": "type.googleapis.com/Repository", **self.repositories[name]}
        return {"name": operation, "done": True, "response": response}

    def repository(self, name: str) -> Json:
        return _held(self.repositories, name)

    def create_dataset(self, body: Json) -> Json:
        name = body["datasetReference"]["datasetId"]
        self._new(self.datasets, name)
        self.datasets[name] = body | {
            "kind": "bigquery#dataset",
            "id": f"{self.project}:{name}",
            "etag": f"e{self._count}==",
            "creationTime": "1795270000000",
            "lastModifiedTime": "1795270000000",
            "location": body.get("location", "US"),
        }
        return self.datasets[name]

    def dataset(self, name: str) -> Json:
        return _held(self.datasets, name, f"Not found: Dataset {self.project}:{name}")

    def patch_dataset(self, name: str, body: Json) -> Json:
        kept = _held(self.datasets, name)
        self._count += 1
        kept |= body | {"etag": f"e{self._count}=="}
        return kept

    def _new(self, held: dict[str, Json], name: str) -> None:
        self._count += 1
        if name in held:
            raise exists(name)


def _held(held: dict[str, Json], name: str, missing: str | None = None) -> Json:
    if name not in held:
        raise not_found(missing or f"{name} was not found")
    return held[name]


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(one.title() for one in others)


def _put(kept: Json, body: Json, path: list[str]) -> None:
    """One path of an update mask; what the body lacks is taken away."""
    name, *inner = path
    if inner:
        _put(kept.setdefault(name, {}), body.get(name, {}), inner)
    elif name in body:
        kept[name] = copy.deepcopy(body[name])
    else:
        kept.pop(name, None)
