"""One thing that is deployed, in the fields that are declared; declared and found look alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """In the order in which they are made: what stands on another comes after it."""

    ACCOUNT = "account"
    REPOSITORY = "repository"
    TOPIC = "topic"
    DATASET = "dataset"
    SERVICE = "service"
    JOB = "job"
    SUBSCRIPTION = "subscription"
    SCHEDULE = "schedule"
    GRANT = "grant"


@dataclass(frozen=True, order=True)
class Place:
    """Whose policy a grant stands in; the project has no name."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".strip()


PROJECT = Place("project")


@dataclass(frozen=True, order=True)
class Grant:
    """One member's role in one policy; `condition` is CEL, empty where there is none."""

    place: Place
    role: str
    member: str
    condition: str = ""
    title: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        when = f" if {self.condition}" if self.condition else ""
        return f"{self.role} on {self.place} to {self.member}{when}"


@dataclass(frozen=True)
class Resource:
    """A field that isn't set is left out; every value is text, so that both sides can be compared
    and shown."""

    kind: Kind
    name: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class State:
    """Everything declared, or everything found of the same kinds."""

    resources: tuple[Resource, ...] = ()
    grants: frozenset[Grant] = frozenset()
    members: frozenset[str] = frozenset()
    """Declared: ours, who may do nothing but what is declared."""
    undetermined: Mapping[Kind | Place, str] = field(default_factory=dict)
    """What couldn't be looked at, and why: a kind, or the policy of a place."""

    def find(self, kind: Kind, name: str) -> Resource | None:
        return next((one for one in self.resources if (one.kind, one.name) == (kind, name)), None)
