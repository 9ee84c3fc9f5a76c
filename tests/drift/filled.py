"""A project as it stands once everything declared is deployed, without asking gcloud for it."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from clients.deploying.declared import Declared
from clients.deploying.resource import PROJECT, Grant, Kind, Resource
from tests.deploy.copies import put_subscription
from tests.deploy.policies import Policies
from tests.deploy.server import Cloud

Json = dict[str, Any]
NOTES = {
    "start-up boost": ("run.googleapis.com/startup-cpu-boost", {"yes": "true", "no": "false"}),
    "CPU throttling": ("run.googleapis.com/cpu-throttling", {"yes": "true", "no": "false"}),
    "min instances": ("autoscaling.knative.dev/minScale", {}),
    "max instances": ("autoscaling.knative.dev/maxScale", {}),
}


def fill(cloud: Cloud, declared: Declared) -> None:
    """Whoever looks finds nothing that differs."""
    state, told = declared.state, declared.parameters
    cloud.project, cloud.region, cloud.number = told.project, told.region, told.project_number
    cloud.forget()
    for one in state.resources:
        _put(cloud, one)
    for grant in sorted(state.grants):
        _grant(cloud.policies, _path(grant, declared), grant)


def _put(cloud: Cloud, one: Resource) -> None:
    makers: Mapping[Kind, Callable[[], object]] = {
        Kind.ACCOUNT: lambda: cloud.keeping.create_account(_account(one)),
        Kind.REPOSITORY: lambda: cloud.keeping.create_repository(one.name, {"format": "DOCKER"}),
        Kind.TOPIC: lambda: _topic(cloud, f"projects/{cloud.project}/topics/{one.name}"),
        Kind.DATASET: lambda: cloud.keeping.create_dataset(_dataset(one)),
        Kind.SERVICE: lambda: cloud.run.create_service(service(one)),
        Kind.JOB: lambda: cloud.run.create_job(job(one)),
        Kind.SUBSCRIPTION: lambda: put_subscription(
            cloud, one.name, subscription(one, cloud.project)
        ),
        Kind.SCHEDULE: lambda: cloud.keeping.create_schedule(_schedule(one)),
    }
    makers[one.kind]()


def _account(one: Resource) -> Json:
    return {"accountId": one.name, "serviceAccount": {"displayName": one.fields["display name"]}}


def service(one: Resource) -> Json:
    """As gcloud would send it."""
    fields = one.fields
    notes = {
        name: words.get(fields[field], fields[field]) for field, (name, words) in NOTES.items()
    }
    spec = {
        "containerConcurrency": int(fields["concurrency"]),
        "timeoutSeconds": int(fields["time-out"]),
        "serviceAccountName": fields["account"],
        "containers": [_container(fields)],
    }
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {
            "name": one.name,
            "annotations": {"run.googleapis.com/ingress": fields["ingress"]},
        },
        "spec": {"template": {"metadata": {"annotations": notes}, "spec": spec}},
    }


def job(one: Resource) -> Json:
    fields = one.fields
    task = {
        "timeoutSeconds": fields["time-out"],
        "serviceAccountName": fields["account"],
        "maxRetries": int(fields["max retries"]),
        "containers": [_container(fields) | {"args": json.loads(fields["args"])}],
    }
    execution = {
        "taskCount": int(fields["tasks"]),
        "parallelism": int(fields["parallelism"]),
        "template": {"spec": task},
    }
    return {
        "apiVersion": "run.googleapis.com/v1",
        "kind": "Job",
        "metadata": {"name": one.name},
        "spec": {"template": {"spec": execution}},
    }


def _container(fields: Mapping[str, str]) -> Json:
    envs = {name[4:]: value for name, value in fields.items() if name.startswith("env ")}
    return {
        "image": fields["image"],
        "resources": {"limits": {"cpu": fields["cpu"], "memory": fields["memory"]}},
        "env": [{"name": name, "value": value} for name, value in envs.items()],
    }


def subscription(one: Resource, project: str) -> Json:
    fields = one.fields
    said: Json = {
        "name": f"projects/{project}/subscriptions/{one.name}",
        "topic": fields["topic"],
        "ackDeadlineSeconds": int(fields["ack deadline"]),
        "expirationPolicy": {},
        "messageRetentionDuration": f"{fields['retention']}s",
    }
    if "endpoint" in fields:
        said |= {
            "pushConfig": {
                "pushEndpoint": fields["endpoint"],
                "oidcToken": {
                    "serviceAccountEmail": fields["account"],
                    "audience": fields["audience"],
                },
            },
            "retryPolicy": {
                "minimumBackoff": f"{fields['min retry']}s",
                "maximumBackoff": f"{fields['max retry']}s",
            },
            "deadLetterPolicy": {
                "deadLetterTopic": fields["dead letter topic"],
                "maxDeliveryAttempts": int(fields["max delivery attempts"]),
            },
        }
    return said


def _schedule(one: Resource) -> Json:
    fields = one.fields
    return {
        "name": f"projects/p/locations/l/jobs/{one.name}",
        "description": fields["description"],
        "schedule": fields["schedule"],
        "timeZone": fields["time zone"],
        "attemptDeadline": f"{fields['attempt deadline']}s",
        "retryConfig": {
            "retryCount": int(fields["retries"]),
            "minBackoffDuration": f"{fields['min backoff']}s",
            "maxBackoffDuration": f"{fields['max backoff']}s",
        },
        "httpTarget": {
            "uri": fields["uri"],
            "httpMethod": fields["method"],
            "body": base64.b64encode(fields["body"].encode()).decode(),
            "headers": {"Content-Type": fields["header Content-Type"]},
            "oidcToken": {
                "serviceAccountEmail": fields["account"],
                "audience": fields["audience"],
            },
        },
    }


def _dataset(one: Resource) -> Json:
    return {
        "datasetReference": {"datasetId": one.name},
        "location": one.fields["location"].upper(),
        "defaultTableExpirationMs": f"{one.fields['table expiration']}000",
    }


def _topic(cloud: Cloud, path: str) -> None:
    url = f"http://{cloud.emulator}/v1/{path}"
    request = urllib.request.Request(url, b"{}", {"Content-Type": "application/json"}, method="PUT")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    direct.open(request, timeout=30).close()


def _path(grant: Grant, declared: Declared) -> str:
    """What its policy hangs on, as the APIs call it."""
    told, name = declared.parameters, grant.place.name
    if grant.place == PROJECT:
        return f"projects/{told.project}"
    emails = f"{name}@{told.project}.iam.gserviceaccount.com"
    where = f"projects/{told.project}/locations/{told.region}"
    return {
        "service": f"{where}/services/{name}",
        "job": f"{where}/jobs/{name}",
        "repository": f"{where}/repositories/{name}",
        "topic": f"projects/{told.project}/topics/{name}",
        "subscription": f"projects/{told.project}/subscriptions/{name}",
        "account": f"projects/{told.project}/serviceAccounts/{emails}",
    }[grant.place.kind]


def _grant(policies: Policies, path: str, grant: Grant) -> None:
    said = policies.get(path)
    binding: Json = {"role": grant.role, "members": [grant.member]}
    if grant.condition:
        binding["condition"] = {"expression": grant.condition, "title": grant.title}
    bindings = [*said.get("bindings", []), binding]
    policies.set(path, {**said, "version": 3, "bindings": bindings})
