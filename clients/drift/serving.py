"""The revisions that answer requests: not the newest, but those that get traffic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from clients.deploying import observed

Json = Mapping[str, Any]
SERVICE = "serving.knative.dev/service"
LABELS = ("commit-sha", "commit")
ENVS = ("TIPOFF_COMMIT", "COMMIT_SHA", "GIT_COMMIT")
"""Where a deploy may say which commit it is of; an image's own variables are in no revision."""


@dataclass(frozen=True, kw_only=True)
class Serving:
    """One revision with its share of the traffic."""

    name: str
    percent: int
    image: str | None = None
    digest: str | None = None
    """None where Cloud Run doesn't say it: then which image it is isn't known."""
    fields: Mapping[str, str]
    commits: Mapping[str, str]
    """Each place that names a commit, with what it names."""


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Of one service."""

    serving: tuple[Serving, ...]
    missing: tuple[str, ...]
    """Serving revisions that the list of revisions hasn't got."""
    latest_ready: str | None
    latest_created: str | None

    @property
    def names(self) -> tuple[str, ...]:
        return (*(one.name for one in self.serving), *self.missing)


def traffic(service: Json, revisions: Iterable[Json]) -> Traffic:
    """Who has how much."""
    status, shares = service.get("status", {}), observed.shares(service)
    known = {one["metadata"]["name"]: one for one in revisions}
    return Traffic(
        serving=tuple(
            _serving(known[name], share) for name, share in shares.items() if name in known
        ),
        missing=tuple(name for name in shares if name not in known),
        latest_ready=status.get("latestReadyRevisionName"),
        latest_created=status.get("latestCreatedRevisionName"),
    )


def of_service(name: str, revisions: Iterable[Json]) -> list[Json]:
    return [one for one in revisions if _labels(one).get(SERVICE) == name]


def _serving(revision: Json, percent: int) -> Serving:
    fields = observed.template_fields(revision)
    image = fields.get("image")
    said = str(revision.get("status", {}).get("imageDigest") or image or "")
    digest = said.partition("@")[2]
    return Serving(
        name=revision["metadata"]["name"],
        percent=percent,
        image=image,
        digest=digest or None,
        fields=fields,
        commits=dict(_commits(revision, fields)),
    )


def _commits(revision: Json, fields: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for name in ENVS:
        if value := fields.get(f"env {name}"):
            yield f"its variable {name}", value
    for name in LABELS:
        if value := _labels(revision).get(name):
            yield f"its label {name}", value


def _labels(revision: Json) -> Mapping[str, str]:
    found: Mapping[str, str] = revision.get("metadata", {}).get("labels") or {}
    return found
