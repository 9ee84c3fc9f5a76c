"""`deploy/*.yaml`: what should be deployed, as it is written there, and as it can be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from clients.deploying.accounts import Accounts
from clients.deploying.deliveries import PubSub, Scheduler
from clients.deploying.parameters import Name, Parameters, Strict, Text
from clients.deploying.reading import read_model
from clients.deploying.resource import Kind, Resource, State

FOLDER = Path("deploy")
LATEST = "100 % to the latest revision"
Secrets = Mapping[str, Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+:(latest|\d+)$")]]
"""Of what is secret, only where Secret Manager has it."""


class Container(Strict):
    """What a service and a job have alike."""

    name: Name
    account: Name
    cpu: Text = Field(pattern=r"^[1-8]$")
    memory: Text = Field(pattern=r"^\d+(Mi|Gi)$")
    time_out: int = Field(ge=1)
    env: Mapping[str, Text] = Field(default={})
    secrets: Secrets = Field(default={})

    def fields(self, parameters: Parameters) -> dict[str, str]:
        image = {"image": parameters.image} if parameters.image else {}
        return image | {
            "cpu": self.cpu,
            "memory": self.memory,
            "time-out": str(self.time_out),
            "account": parameters.email(self.account),
            **{f"env {name}": value for name, value in self.env.items()},
            **{f"secret {name}": value for name, value in self.secrets.items()},
        }


class Service(Container):
    """`service.yaml`."""

    start_up_boost: bool
    cpu_throttling: bool
    concurrency: int = Field(ge=1, le=1000)
    min_instances: int = Field(ge=0)
    max_instances: int = Field(ge=1)
    ingress: Annotated[str, Field(pattern="^(all|internal|internal-and-cloud-load-balancing)$")]

    def resource(self, parameters: Parameters) -> Resource:
        """All traffic goes to the revision that is declared, which is the latest."""
        said = {
            "start-up boost": _word(self.start_up_boost),
            "CPU throttling": _word(self.cpu_throttling),
            "concurrency": str(self.concurrency),
            "min instances": str(self.min_instances),
            "max instances": str(self.max_instances),
            "ingress": self.ingress,
            "IAM check": "yes",
            "traffic": LATEST,
        }
        return Resource(Kind.SERVICE, self.name, self.fields(parameters) | said)


class Job(Container):
    """`job.yaml`."""

    tasks: int = Field(ge=1, le=10_000)
    parallelism: int = Field(ge=1)
    max_retries: int = Field(ge=0, le=10)
    args: tuple[Text, ...]

    def resource(self, parameters: Parameters) -> Resource:
        said = {
            "tasks": str(self.tasks),
            "parallelism": str(self.parallelism),
            "max retries": str(self.max_retries),
            "args": json.dumps(list(self.args)),
        }
        return Resource(Kind.JOB, self.name, self.fields(parameters) | said)


class Scratch(Strict):
    """A dataset whose tables expire."""

    name: Annotated[str, Field(pattern=r"^\w+$")]
    location: str
    table_expiration: int = Field(ge=3600)

    def resource(self) -> Resource:
        said = {
            "location": self.location.lower(),
            "table expiration": str(self.table_expiration),
        }
        return Resource(Kind.DATASET, self.name, said)


class BigQuery(Strict):
    """`bigquery.yaml`."""

    scratch: Scratch


@dataclass(frozen=True)
class Declared:
    """All files, read and filled in."""

    parameters: Parameters
    service: Service
    job: Job
    pubsub: PubSub
    scheduler: Scheduler
    bigquery: BigQuery
    accounts: Accounts

    @property
    def state(self) -> State:
        told = self.parameters
        return State(
            resources=(
                *self.accounts.resources(),
                *(Resource(Kind.TOPIC, name, {}) for name in self.pubsub.topics),
                self.bigquery.scratch.resource(),
                self.service.resource(told),
                self.job.resource(told),
                self.pubsub.push.resource(told),
                self.pubsub.kept.resource(told),
                *self.scheduler.resources(told),
            ),
            grants=frozenset(self.accounts.grants(told.project)),
            members=frozenset(self.accounts.members(told.project)),
        )


def read_declared(
    folder: Path = FOLDER, overrides: Mapping[str, str | None] | None = None
) -> Declared:
    """What `overrides` says stands in the place of `parameters.yaml`'s."""
    said = {name: one for name, one in (overrides or {}).items() if one is not None}
    told = read_model(folder / "parameters.yaml", Parameters, overrides=said)
    return Declared(
        parameters=told,
        service=read_model(folder / "service.yaml", Service, names=told.names),
        job=read_model(folder / "job.yaml", Job, names=told.names),
        pubsub=read_model(folder / "pubsub.yaml", PubSub, names=told.names),
        scheduler=read_model(folder / "scheduler.yaml", Scheduler, names=told.names),
        bigquery=read_model(folder / "bigquery.yaml", BigQuery, names=told.names),
        accounts=read_model(folder / "accounts.yaml", Accounts, names=told.names),
    )


def _word(value: bool) -> str:
    return "yes" if value else "no"
