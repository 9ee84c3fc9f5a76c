"""What Google says of a thing, as gcloud prints it or its API answers, in the fields we declare.

Only what is named here is looked at. A field that we never declare, but that would change what the
thing does, is named where it is set: then it differs (those of Cloud Run: `undeclared.py`)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

from clients.deploying.declared import LATEST
from clients.deploying.deliveries import ENABLED, NEVER
from clients.deploying.resource import Grant, Kind, Place, Resource
from clients.deploying.undeclared import (
    LEAST,
    MOST,
    notes_of,
    of_probes,
    of_service,
    of_template,
)

Json = Mapping[str, Any]
BOOST = "run.googleapis.com/startup-cpu-boost"
THROTTLING = "run.googleapis.com/cpu-throttling"
INGRESS = "run.googleapis.com/ingress"
OPEN = "run.googleapis.com/invoker-iam-disabled"
A_WEEK = "604800s"
"""What Pub/Sub keeps where nothing is said."""
THEIR_HEADERS = ("User-Agent", "X-CloudScheduler", "Content-Length")
"""Set by Scheduler itself."""


def service(said: Json) -> Resource:
    """By its template: that of the revision made last; `traffic` says whether it serves."""
    outer, template = notes_of(said), said["spec"]["template"]
    fields = template_fields(template) | of_service(said)
    fields |= {
        "ingress": outer.get(INGRESS, "all"),
        "IAM check": "no" if outer.get(OPEN, "").lower() == "true" else "yes",
        "traffic": traffic(said),
    }
    return Resource(Kind.SERVICE, said["metadata"]["name"], fields)


def template_fields(template: Json) -> dict[str, str]:
    """Of a service's template; a revision has the same shape."""
    inner, spec = notes_of(template), template["spec"]
    said = {
        "start-up boost": _yes(inner.get(BOOST, "false")),
        "CPU throttling": _yes(inner.get(THROTTLING, "true")),
        "concurrency": str(spec.get("containerConcurrency", "")),
        "min instances": inner.get(LEAST, "0"),
        "max instances": inner.get(MOST, ""),
    }
    return {**_container(spec), **said, **of_template(inner, spec), **of_probes(spec)}


def shares(said: Json) -> Mapping[str, int]:
    """Of the traffic, by revision, in percent: by what Cloud Run says is, not by what was asked."""
    status = said.get("status", {})
    latest = status.get("latestReadyRevisionName")
    found: dict[str, int] = {}
    for one in status.get("traffic", []):
        name = one.get("revisionName") or latest
        if name and one.get("percent"):
            found[name] = found.get(name, 0) + one["percent"]
    return found


def traffic(said: Json) -> str:
    """In words where it isn't all at the revision that the template stands for."""
    status, found = said.get("status", {}), shares(said)
    latest = status.get("latestReadyRevisionName")
    if found == {latest: 100} and latest == status.get("latestCreatedRevisionName"):
        return LATEST
    return ", ".join(f"{share} % to {name}" for name, share in sorted(found.items())) or "none"


def job(said: Json) -> Resource:
    execution = said["spec"]["template"]["spec"]
    task = execution["template"]["spec"]
    fields = _container(task) | of_template(notes_of(said["spec"]["template"]), task)
    fields |= {
        "tasks": str(execution.get("taskCount", 1)),
        "parallelism": str(execution.get("parallelism", "")),
        "max retries": str(task.get("maxRetries", 3)),
    }
    return Resource(Kind.JOB, said["metadata"]["name"], fields)


def topic(said: Json) -> Resource:
    return Resource(Kind.TOPIC, _last(said["name"]), {})


def subscription(said: Json) -> Resource:
    push = said.get("pushConfig", {})
    token = push.get("oidcToken", {})
    retry = said.get("retryPolicy", {})
    dead = said.get("deadLetterPolicy", {})
    fields = {
        "topic": said.get("topic"),
        "endpoint": push.get("pushEndpoint"),
        "account": token.get("serviceAccountEmail"),
        "audience": token.get("audience"),
        "ack deadline": _number(said.get("ackDeadlineSeconds")),
        "min retry": _seconds(retry.get("minimumBackoff")),
        "max retry": _seconds(retry.get("maximumBackoff")),
        "dead letter topic": dead.get("deadLetterTopic"),
        "max delivery attempts": _number(dead.get("maxDeliveryAttempts")),
        "retention": _seconds(said.get("messageRetentionDuration", A_WEEK)),
        "expiration": said.get("expirationPolicy", {"ttl": "31 days"}).get("ttl", NEVER),
        "filter": said.get("filter"),
        "ordering": _set(said.get("enableMessageOrdering")),
        "detached": _set(said.get("detached")),
        "without wrapper": _set(push.get("noWrapper")),
        "to BigQuery": _set(said.get("bigqueryConfig")),
        "to Cloud Storage": _set(said.get("cloudStorageConfig")),
        "transforms": _set(said.get("messageTransforms")),
    }
    return Resource(Kind.SUBSCRIPTION, _last(said["name"]), _there(fields))


def schedule(said: Json) -> Resource:
    target, retry = said.get("httpTarget", {}), said.get("retryConfig", {})
    token = target.get("oidcToken", {})
    fields = {
        "description": said.get("description"),
        "schedule": said.get("schedule"),
        "time zone": said.get("timeZone"),
        "uri": target.get("uri"),
        "method": target.get("httpMethod"),
        "body": base64.b64decode(target.get("body", "")).decode("utf-8", "replace"),
        "account": token.get("serviceAccountEmail"),
        "audience": token.get("audience"),
        "attempt deadline": _seconds(said.get("attemptDeadline")),
        "retries": _number(retry.get("retryCount", 0)),
        "min backoff": _seconds(retry.get("minBackoffDuration")),
        "max backoff": _seconds(retry.get("maxBackoffDuration")),
        "state": said.get("state", ENABLED),
    }
    headers = {
        f"header {name}": value
        for name, value in target.get("headers", {}).items()
        if not name.startswith(THEIR_HEADERS)
    }
    return Resource(Kind.SCHEDULE, _last(said["name"]), _there(fields) | headers)


def account(said: Json) -> Resource:
    fields = {"display name": said.get("displayName"), "disabled": _yes(said.get("disabled"))}
    return Resource(Kind.ACCOUNT, said["email"].partition("@")[0], _there(fields))


def repository(said: Json) -> Resource:
    return Resource(Kind.REPOSITORY, _last(said["name"]), {"format": said["format"]})


def dataset(said: Json) -> Resource:
    milliseconds = said.get("defaultTableExpirationMs")
    fields = {
        "location": str(said["location"]).lower(),
        "table expiration": str(int(milliseconds) // 1000) if milliseconds else None,
    }
    return Resource(Kind.DATASET, said["datasetReference"]["datasetId"], _there(fields))


def grants(place: Place, policy: Json) -> Iterator[Grant]:
    for one in policy.get("bindings", []):
        condition = one.get("condition", {})
        for member in one.get("members", []):
            yield Grant(
                place,
                one["role"],
                member,
                condition.get("expression", ""),
                title=condition.get("title", ""),
            )


def _container(spec: Json) -> dict[str, str]:
    container = spec["containers"][0]
    limits = container.get("resources", {}).get("limits", {})
    fields = {
        "image": container.get("image"),
        "cpu": _cpu(limits.get("cpu")),
        "memory": limits.get("memory"),
        "time-out": _number(spec.get("timeoutSeconds")),
        "account": spec.get("serviceAccountName"),
        "command": json.dumps(container["command"]) if container.get("command") else None,
        "args": json.dumps(container["args"]) if container.get("args") else None,
        "other containers": ", ".join(one.get("name", "?") for one in spec["containers"][1:]),
    }
    for one in container.get("env", []):
        secret = one.get("valueFrom", {}).get("secretKeyRef")
        if secret:
            fields[f"secret {one['name']}"] = f"{secret['name']}:{secret['key']}"
        else:
            fields[f"env {one['name']}"] = one.get("value", "")
    named = ("env ", "secret ")
    return {name: value for name, value in fields.items() if value or name.startswith(named)}


def _cpu(said: str | None) -> str | None:
    """`2000m` is `2`."""
    if said and said.endswith("m") and int(said[:-1]) % 1000 == 0:
        return str(int(said[:-1]) // 1000)
    return said


def _there(fields: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value is not None}


def _number(said: object) -> str | None:
    return None if said is None else str(said)


def _seconds(said: str | None) -> str | None:
    return None if said is None else said.removesuffix("s")


def _set(said: object) -> str | None:
    return "yes" if said else None


def _yes(said: object) -> str:
    return "yes" if str(said).lower() == "true" else "no"


def _last(path: str) -> str:
    return path.rpartition("/")[2]
