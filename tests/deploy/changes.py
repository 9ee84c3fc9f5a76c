"""Each field changed by itself, as somebody else would; and noise, which is no change."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from clients.deploying.resource import Kind

Json = dict[str, Any]
Change = Callable[[Json], None]
OTHER_IMAGE = f"us-east1-docker.pkg.dev/tipoff-test/tipoff/tipoff@sha256:{'b' * 64}"
OTHER = "somebody@tipoff-test.iam.gserviceaccount.com"


def put(*path: str | int, value: object) -> Change:
    """One place set; None takes it away."""

    def change(said: Json) -> None:
        place: Any = said
        for step in path[:-1]:
            place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
        if value is None:
            del place[path[-1]]
        else:
            place[path[-1]] = value

    return change


def _more(*path: str | int, value: object) -> Change:
    def change(said: Json) -> None:
        place: Any = said
        for step in path:
            place = place[step]
        place.append(value)

    return change


def _env(*path: str | int, name: str, value: str | None) -> Change:
    def change(said: Json) -> None:
        place: Any = said
        for step in path:
            place = place[step]
        found = next(one for one in place if one["name"] == name)
        if value is None:
            place.remove(found)
        else:
            found["value"] = value

    return change


def _mounted(place: tuple[str, ...]) -> Change:
    """As one who wants a disk, or a file in the way of ours."""

    def change(said: Json) -> None:
        put(*place, "spec", "volumes", value=[{"name": "disk", "emptyDir": {}}])(said)
        mount = [{"name": "disk", "mountPath": "/opt"}]
        put(*place, "spec", "containers", 0, "volumeMounts", value=mount)(said)

    return change


def _pinned(said: Json) -> None:
    """As after a roll-back by hand."""
    said["spec"]["traffic"] = [{"revisionName": "tipoff-older", "percent": 100}]
    said["status"]["traffic"] = [{"revisionName": "tipoff-older", "percent": 100}]


INNER = ("spec", "template")
ONE = (*INNER, "spec", "containers", 0)
NOTES = (*INNER, "metadata", "annotations")
OUTER = ("metadata", "annotations")
CONNECTOR = "run.googleapis.com/vpc-access-connector"
NETWORK = "run.googleapis.com/network-interfaces"
INTERFACES = '[{"network":"default","subnetwork":"default"}]'
PROBE = {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 10, "timeoutSeconds": 1}
SECRET = {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "key", "key": "latest"}}}
SERVICE: Mapping[str, Change] = {
    "image": put(*ONE, "image", value=OTHER_IMAGE),
    "cpu": put(*ONE, "resources", "limits", "cpu", value="1000m"),
    "memory": put(*ONE, "resources", "limits", "memory", value="2Gi"),
    "time-out": put(*INNER, "spec", "timeoutSeconds", value=300),
    "account": put(*INNER, "spec", "serviceAccountName", value=OTHER),
    "concurrency": put(*INNER, "spec", "containerConcurrency", value=80),
    "start-up boost": put(*NOTES, "run.googleapis.com/startup-cpu-boost", value=None),
    "CPU throttling": put(*NOTES, "run.googleapis.com/cpu-throttling", value="false"),
    "min instances": put(*NOTES, "autoscaling.knative.dev/minScale", value=None),
    "max instances": put(*NOTES, "autoscaling.knative.dev/maxScale", value="100"),
    "ingress": put("metadata", "annotations", "run.googleapis.com/ingress", value="internal"),
    "IAM check": put(
        "metadata", "annotations", "run.googleapis.com/invoker-iam-disabled", value="true"
    ),
    "args": put(*ONE, "args", value=["serve", "--port", "1"]),
    "command": put(*ONE, "command", value=["sh"]),
    "env TIPOFF_LOG_LEVEL": _env(*ONE, "env", name="TIPOFF_LOG_LEVEL", value="DEBUG"),
    "env TIPOFF_AUTH": _env(*ONE, "env", name="TIPOFF_AUTH", value=None),
    "env TIPOFF_BYTES_CAP": _more(*ONE, "env", value={"name": "TIPOFF_BYTES_CAP", "value": "9"}),
    "secret KEY": _more(*ONE, "env", value=SECRET),
    "traffic": _pinned,
    "scaling mode": put(*OUTER, "run.googleapis.com/scalingMode", value="manual"),
    "manual instances": put(*OUTER, "run.googleapis.com/manualInstanceCount", value="0"),
    "service min instances": put(*OUTER, "run.googleapis.com/minScale", value="2"),
    "service max instances": put(*OUTER, "run.googleapis.com/maxScale", value="1"),
    "default URL": put(*OUTER, "run.googleapis.com/default-url-disabled", value="True"),
    "custom audiences": put(*OUTER, "run.googleapis.com/custom-audiences", value='["https://a"]'),
    "IAP": put(*OUTER, "run.googleapis.com/iap-enabled", value="true"),
    "VPC connector": put(*NOTES, CONNECTOR, value="inner"),
    "network": put(*NOTES, NETWORK, value=INTERFACES),
    "startup probe": put(*ONE, "startupProbe", value=PROBE),
    "liveness probe": put(*ONE, "livenessProbe", value=PROBE),
    "volumes": _mounted(INNER),
}
TASK = ("spec", "template", "spec", "template", "spec")
WORK = (*TASK, "containers", 0)
JOB: Mapping[str, Change] = {
    "image": put(*WORK, "image", value=OTHER_IMAGE),
    "cpu": put(*WORK, "resources", "limits", "cpu", value="4"),
    "memory": put(*WORK, "resources", "limits", "memory", value="8Gi"),
    "time-out": put(*TASK, "timeoutSeconds", value="600"),
    "account": put(*TASK, "serviceAccountName", value=OTHER),
    "tasks": put(*INNER, "spec", "taskCount", value=9),
    "parallelism": put(*INNER, "spec", "parallelism", value=9),
    "max retries": put(*TASK, "maxRetries", value=0),
    "args": put(*WORK, "args", value=["run"]),
    "command": put(*WORK, "command", value=["sh"]),
    "env TIPOFF_LOG_LEVEL": _env(*WORK, "env", name="TIPOFF_LOG_LEVEL", value="DEBUG"),
    "VPC connector": put(*NOTES, CONNECTOR, value="inner"),
    "network": put(*NOTES, NETWORK, value=INTERFACES),
    "volumes": _mounted(TASK[:-1]),
}
SUBSCRIPTION: Mapping[str, Change] = {
    "endpoint": put("pushConfig", "pushEndpoint", value="https://elsewhere.example/pubsub/push"),
    "account": put("pushConfig", "oidcToken", "serviceAccountEmail", value=OTHER),
    "audience": put("pushConfig", "oidcToken", "audience", value="https://elsewhere.example"),
    "ack deadline": put("ackDeadlineSeconds", value=10),
    "min retry": put("retryPolicy", "minimumBackoff", value="1s"),
    "max retry": put("retryPolicy", "maximumBackoff", value="60s"),
    "dead letter topic": put(
        "deadLetterPolicy", "deadLetterTopic", value="projects/tipoff-test/topics/tipoff-completed"
    ),
    "max delivery attempts": put("deadLetterPolicy", "maxDeliveryAttempts", value=5),
    "retention": put("messageRetentionDuration", value="600s"),
    "expiration": put("expirationPolicy", value={"ttl": "2678400s"}),
    "topic": put("topic", value="projects/tipoff-test/topics/tipoff-completed"),
    "filter": put("filter", value='attributes.success = "true"'),
    "ordering": put("enableMessageOrdering", value=True),
}
BY_HAND: Mapping[Kind, tuple[str, ...]] = {
    Kind.SERVICE: (
        "scaling mode",
        "manual instances",
        "service max instances",
        "default URL",
        "IAP",
    ),
    Kind.JOB: (),
    Kind.SCHEDULE: (),
    Kind.ACCOUNT: (),
    Kind.SUBSCRIPTION: ("topic", "filter", "ordering"),
}
"""What this gcloud can't change: of a subscription for good, of a service only its beta can."""
SCHEDULE: Mapping[str, Change] = {
    "description": put("description", value="Something else."),
    "schedule": put("schedule", value="0 11 * * *"),
    "time zone": put("timeZone", value="Etc/UTC"),
    "uri": put("httpTarget", "uri", value="https://elsewhere.example/process-date"),
    "method": put("httpTarget", "httpMethod", value="PUT"),
    "body": put("httpTarget", "body", value=base64.b64encode(b'{"days":1}').decode()),
    "header Content-Type": put("httpTarget", "headers", "Content-Type", value="text/plain"),
    "header X-Other": put("httpTarget", "headers", "X-Other", value="1"),
    "account": put("httpTarget", "oidcToken", "serviceAccountEmail", value=OTHER),
    "audience": put("httpTarget", "oidcToken", "audience", value="https://elsewhere.example"),
    "attempt deadline": put("attemptDeadline", value="180s"),
    "retries": put("retryConfig", "retryCount", value=0),
    "min backoff": put("retryConfig", "minBackoffDuration", value="5s"),
    "max backoff": put("retryConfig", "maxBackoffDuration", value="3600s"),
    "state": put("state", value="PAUSED"),
}
ACCOUNT: Mapping[str, Change] = {
    "display name": put("displayName", value="Somebody's"),
    "disabled": put("disabled", value=True),
}
NOISE: Mapping[str, tuple[Change, ...]] = {
    "service": (
        put("metadata", "annotations", "run.googleapis.com/client-name", value="cloud-console"),
        put("metadata", "annotations", "run.googleapis.com/client-version", value="1.2.3"),
        put("metadata", "annotations", "run.googleapis.com/operation-id", value="x-y"),
        put("metadata", "annotations", "serving.knative.dev/lastModifier", value="a@example.com"),
        put("metadata", "annotations", "run.googleapis.com/urls", value='["https://a"]'),
        put(*OUTER, "run.googleapis.com/scalingMode", value="automatic"),
        put(*OUTER, "run.googleapis.com/maxScale", value="100"),
        put(*OUTER, "run.googleapis.com/default-url-disabled", value="False"),
        put("metadata", "generation", value=77),
        put("metadata", "resourceVersion", value="AAZZ"),
        put("metadata", "labels", "managed-by", value="somebody"),
        put("status", "observedGeneration", value=77),
        put(*NOTES, "run.googleapis.com/client-name", value="cloud-console"),
        put(*NOTES, "run.googleapis.com/client-version", value="1.2.3"),
        put(*INNER, "metadata", "labels", "client.knative.dev/nonce", value="other"),
        put(*ONE, "resources", "limits", "cpu", value="2000m"),
        put(*ONE, "name", value="tipoff-1"),
        put(*ONE, "startupProbe", "timeoutSeconds", value=240),
    ),
    "job": (
        put("metadata", "annotations", "run.googleapis.com/client-version", value="1.2.3"),
        put("metadata", "generation", value=77),
        put("status", "observedGeneration", value=77),
        put("status", "executionCount", value=12),
        put(*INNER, "metadata", "labels", "client.knative.dev/nonce", value="other"),
    ),
    "schedule": (
        put("userUpdateTime", value="2026-11-21T16:00:00Z"),
        put("scheduleTime", value="2026-11-23T15:00:00Z"),
        put("lastAttemptTime", value="2026-11-22T15:00:00Z"),
        put("status", value={}),
        put("httpTarget", "headers", "User-Agent", value="Google-Cloud-Scheduler/2"),
    ),
    "account": (put("etag", value="MDEwMjE5MjE="), put("uniqueId", value="7")),
    "repository": (put("updateTime", value="2026-11-22T15:00:00Z"), put("sizeBytes", value="99")),
    "dataset": (put("etag", value="x=="), put("lastModifiedTime", value="1795279999999")),
}
