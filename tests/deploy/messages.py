"""The Cloud SDK's own message classes, in the Python that it brings: what is no field of theirs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from typing import Any

from tests.deploy.environment import sdk
from tests.deploy.server import Cloud

PROGRAM = """
import importlib, json, sys
sys.path[:0] = [sys.argv[1] + "/lib/third_party", sys.argv[1] + "/lib"]
from apitools.base.py import encoding
for line in sys.stdin:
    module, name, body = json.loads(line)
    messages = importlib.import_module("googlecloudsdk.generated_clients.apis." + module)
    message = encoding.DictToMessage(body, getattr(messages, name))
    found = []
    for edges, fields in encoding.UnrecognizedFieldIter(message):
        path = [str(edge.field) for edge in edges]
        found += [".".join([name, *path, field]) for field in fields]
    print(json.dumps(found))
"""
RUN = "run.v1.run_v1_messages"
Message = tuple[str, str, dict[str, Any]]


def unknown_fields(messages: Iterable[Message]) -> list[str]:
    """By their paths, of all of them."""
    root, python = sdk()
    said = subprocess.run(
        [str(python), "-c", PROGRAM, str(root)],
        input="".join(f"{json.dumps(one)}\n" for one in messages),
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for line in said.stdout.splitlines() for path in json.loads(line)]


def kept_by(cloud: Cloud) -> Iterator[Message]:
    """Everything that the server would answer, with its class."""
    yield from ((RUN, "Service", one) for one in cloud.run.services.values())
    yield from ((RUN, "Revision", one) for one in cloud.run.revisions.values())
    yield from ((RUN, "Job", one) for one in cloud.run.jobs.values())
    scheduler = "cloudscheduler.v1.cloudscheduler_v1_messages"
    yield from ((scheduler, "Job", one) for one in cloud.keeping.schedules.values())
    accounts = "iam.v1.iam_v1_messages"
    yield from ((accounts, "ServiceAccount", one) for one in cloud.keeping.accounts.values())
    yield from ((accounts, "Policy", one) for one in cloud.policies.held.values())
    images = "artifactregistry.v1.artifactregistry_v1_messages"
    yield from ((images, "Repository", one) for one in cloud.keeping.repositories.values())
    datasets = "bigquery.v2.bigquery_v2_messages"
    yield from ((datasets, "Dataset", one) for one in cloud.keeping.datasets.values())
