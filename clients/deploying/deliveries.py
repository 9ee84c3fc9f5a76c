"""What comes to the service by itself: `pubsub.yaml`'s messages, `scheduler.yaml`'s hours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from clients.deploying.parameters import Name, Parameters, Strict
from clients.deploying.resource import Kind, Resource

NEVER = "never"
ENABLED = "ENABLED"
Retention = Annotated[int, Field(ge=600, le=2_678_400)]
"""Of what isn't acknowledged, in seconds: Pub/Sub's own bounds."""


class Push(Strict):
    """A subscription that delivers to the service."""

    name: Name
    topic: Name
    endpoint: str
    account: Name
    audience: str
    ack_deadline: int = Field(ge=10, le=600)
    min_retry: int = Field(ge=0, le=600)
    max_retry: int = Field(ge=0, le=600)
    dead_letter_topic: Name
    max_delivery_attempts: int = Field(ge=5, le=100)
    retention: Retention

    def resource(self, parameters: Parameters) -> Resource:
        said = {
            "topic": parameters.topic(self.topic),
            "endpoint": self.endpoint,
            "account": parameters.email(self.account),
            "audience": self.audience,
            "ack deadline": str(self.ack_deadline),
            "min retry": str(self.min_retry),
            "max retry": str(self.max_retry),
            "dead letter topic": parameters.topic(self.dead_letter_topic),
            "max delivery attempts": str(self.max_delivery_attempts),
            "retention": str(self.retention),
            "expiration": NEVER,
        }
        return Resource(Kind.SUBSCRIPTION, self.name, said)


class Kept(Strict):
    """A subscription that is pulled, when somebody looks."""

    name: Name
    topic: Name
    ack_deadline: int = Field(ge=10, le=600)
    retention: Retention

    def resource(self, parameters: Parameters) -> Resource:
        said = {
            "topic": parameters.topic(self.topic),
            "ack deadline": str(self.ack_deadline),
            "retention": str(self.retention),
            "expiration": NEVER,
        }
        return Resource(Kind.SUBSCRIPTION, self.name, said)


class PubSub(Strict):
    """`pubsub.yaml`."""

    topics: tuple[Name, ...]
    push: Push
    kept: Kept


class Firing(Strict):
    """One job of the scheduler."""

    name: Name
    says: str
    schedule: str
    uri: str
    body: Mapping[str, Any]


class Scheduler(Strict):
    """`scheduler.yaml`."""

    time_zone: str
    account: Name
    audience: str
    attempt_deadline: int = Field(ge=15, le=1800)
    retries: int = Field(ge=0, le=5)
    min_backoff: int = Field(ge=0)
    max_backoff: int = Field(ge=0)
    jobs: tuple[Firing, ...]

    def resources(self, parameters: Parameters) -> Iterator[Resource]:
        for one in self.jobs:
            said = {
                "description": one.says,
                "schedule": one.schedule,
                "time zone": self.time_zone,
                "uri": one.uri,
                "method": "POST",
                "body": json.dumps(one.body, separators=(",", ":")),
                "header Content-Type": "application/json",
                "account": parameters.email(self.account),
                "audience": self.audience,
                "attempt deadline": str(self.attempt_deadline),
                "retries": str(self.retries),
                "min backoff": str(self.min_backoff),
                "max backoff": str(self.max_backoff),
                "state": ENABLED,
            }
            yield Resource(Kind.SCHEDULE, one.name, said)
