"""Cloud Run's part of the server: services with their revisions and traffic, and jobs."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from tests.deploy.answers import Refused, exists, not_found

Json = dict[str, Any]
SERVING, RUNNING = "serving.knative.dev/v1", "run.googleapis.com/v1"
MAX = "autoscaling.knative.dev/maxScale"
SECOND = "2026-11-21T15:00:{:02d}.000000Z"


@dataclass
class Run:
    """One project's, in one region."""

    project: str
    region: str
    number: str
    services: dict[str, Json] = field(default_factory=dict)
    revisions: dict[str, Json] = field(default_factory=dict)
    jobs: dict[str, Json] = field(default_factory=dict)
    _templates: dict[str, Json] = field(default_factory=dict)
    """By revision: what it was made of."""
    _count: int = 0

    def create_service(self, body: Json) -> Json:
        if body["metadata"]["name"] in self.services:
            raise exists(body["metadata"]["name"])
        return self._keep_service(body)

    def replace_service(self, name: str, body: Json) -> Json:
        before = self.service(name)
        if body["metadata"].get("resourceVersion") not in (None, _version(before)):
            raise Refused(409, "ABORTED", f"{name} was changed meanwhile")
        return self._keep_service(body)

    def service(self, name: str) -> Json:
        if name not in self.services:
            raise not_found(f"Resource '{name}' of kind 'SERVICE' in region '{self.region}'")
        return self.services[name]

    def revision(self, name: str) -> Json:
        if name not in self.revisions:
            raise not_found(f"Resource '{name}' of kind 'REVISION' in region '{self.region}'")
        return self.revisions[name]

    def create_job(self, body: Json) -> Json:
        if body["metadata"]["name"] in self.jobs:
            raise exists(body["metadata"]["name"])
        return self._keep_job(body)

    def replace_job(self, name: str, body: Json) -> Json:
        self.job(name)
        return self._keep_job(body)

    def job(self, name: str) -> Json:
        if name not in self.jobs:
            raise not_found(f"Resource '{name}' of kind 'JOB' in region '{self.region}'")
        return self.jobs[name]

    def _keep_service(self, body: Json) -> Json:
        kept = copy.deepcopy(body)
        name = kept["metadata"]["name"]
        self._note(kept, self.services.get(name), f"/apis/{SERVING}/namespaces/{self.number}")
        spec = kept["spec"]
        _fill_in(spec["template"])
        latest = self._revision(name, spec["template"])
        traffic = spec.get("traffic") or [{"latestRevision": True, "percent": 100}]
        spec["traffic"] = traffic
        url = f"https://{name}-{self.number}.{self.region}.run.app"
        kept["status"] = {
            "observedGeneration": kept["metadata"]["generation"],
            "conditions": [
                {"type": one, "status": "True", "lastTransitionTime": self._now()}
                for one in ("Ready", "ConfigurationsReady", "RoutesReady")
            ],
            "latestCreatedRevisionName": latest,
            "latestReadyRevisionName": latest,
            "traffic": [_served(one, latest, url) for one in traffic],
            "url": url,
            "address": {"url": url},
        }
        self.services[name] = kept
        return kept

    def _revision(self, service: str, template: Json) -> str:
        """A new one where the template isn't that of the latest."""
        mine = [name for name, one in self.revisions.items() if _service_of(one) == service]
        named = template.get("metadata", {}).pop("name", None)
        if mine and self._templates[mine[-1]] == template:
            return mine[-1]
        self._count += 1
        name = named or f"{service}-{len(mine) + 1:05d}-{'abcdefghijk'[self._count % 11]}x"
        metadata = copy.deepcopy(template.get("metadata", {}))
        metadata |= {
            "name": name,
            "namespace": self.number,
            "generation": 1,
            "resourceVersion": f"AAA{self._count}",
            "creationTimestamp": self._now(),
            "labels": {"serving.knative.dev/service": service},
        }
        self.revisions[name] = {
            "apiVersion": SERVING,
            "kind": "Revision",
            "metadata": metadata,
            "spec": copy.deepcopy(template["spec"]),
            "status": {
                "observedGeneration": 1,
                "conditions": [{"type": "Ready", "status": "True"}],
                "imageDigest": template["spec"]["containers"][0]["image"],
            },
        }
        self._templates[name] = copy.deepcopy(template)
        return name

    def _keep_job(self, body: Json) -> Json:
        kept = copy.deepcopy(body)
        name = kept["metadata"]["name"]
        self._note(kept, self.jobs.get(name), f"/apis/{RUNNING}/namespaces/{self.number}")
        kept["status"] = {
            "observedGeneration": kept["metadata"]["generation"],
            "conditions": [{"type": "Ready", "status": "True"}],
            "executionCount": 0,
        }
        self.jobs[name] = kept
        return kept

    def _note(self, kept: Json, before: Json | None, under: str) -> None:
        """What a server writes beside what it was told."""
        self._count += 1
        metadata = kept["metadata"]
        annotations = metadata.setdefault("annotations", {})
        annotations["serving.knative.dev/lastModifier"] = f"somebody{self._count}@example.com"
        annotations["run.googleapis.com/operation-id"] = f"operation-{self._count}"
        metadata |= {
            "namespace": self.number,
            "generation": 1 + (before["metadata"]["generation"] if before else 0),
            "resourceVersion": f"AAY{self._count}",
            "uid": before["metadata"]["uid"] if before else f"uid-{self._count}",
            "creationTimestamp": before["metadata"]["creationTimestamp"] if before else self._now(),
            "selfLink": f"{under}/{metadata['name']}",
            "labels": {"cloud.googleapis.com/location": self.region},
        }

    def _now(self) -> str:
        self._count += 1
        return SECOND.format(self._count % 60)


def _version(kept: Json) -> str:
    return str(kept["metadata"]["resourceVersion"])


def _service_of(revision: Json) -> str:
    return str(revision["metadata"]["labels"]["serving.knative.dev/service"])


def _fill_in(template: Json) -> None:
    """What Cloud Run chooses where nothing is said."""
    annotations = template.setdefault("metadata", {}).setdefault("annotations", {})
    annotations.setdefault(MAX, "100")
    spec = template["spec"]
    spec.setdefault("containerConcurrency", 80)
    spec.setdefault("timeoutSeconds", 300)
    spec.setdefault("serviceAccountName", "1-compute@developer.gserviceaccount.com")
    container = spec["containers"][0]
    container.setdefault("ports", [{"containerPort": 8080, "name": "http1"}])
    limits = container.setdefault("resources", {}).setdefault("limits", {})
    limits.setdefault("cpu", "1000m")
    limits.setdefault("memory", "512Mi")
    probe = {
        "failureThreshold": 1,
        "periodSeconds": 240,
        "timeoutSeconds": 240,
        "tcpSocket": {"port": 8080},
    }
    container.setdefault("startupProbe", probe)


def _served(traffic: Json, latest: str, url: str) -> Json:
    name = latest if traffic.get("latestRevision") else traffic["revisionName"]
    served = {**traffic, "revisionName": name}
    if "tag" in traffic:
        served["url"] = url.replace("https://", f"https://{traffic['tag']}---")
    return served
