"""`accounts.yaml`: service accounts, people, and who may do what, where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from clients.deploying.parameters import Strict
from clients.deploying.resource import PROJECT, Grant, Kind, Place, Resource

WITH_POLICY = ("service", "job", "topic", "subscription", "account", "repository", "secret")
BY_CONDITION = {
    "dataset": "projects/{project}/datasets/{name}",
    "table": "projects/{project}/datasets/{dataset}/tables/{table}",
    "bucket": "projects/_/buckets/{name}",
}
"""Named in a condition of the project's policy: gcloud can't grant on a dataset itself."""
PLACES = "|".join((*WITH_POLICY, *BY_CONDITION))
RIGHT = re.compile(rf"(roles/[\w.]+) on (project|(?:{PLACES}) \S+)")


def _right(text: str) -> str:
    if not RIGHT.fullmatch(text):
        places = ", ".join(f"{one} NAME" for one in (*WITH_POLICY, *BY_CONDITION))
        raise ValueError(f"{text!r} is not `roles/R on PLACE`; a place is project, {places}")
    return text


Right = Annotated[str, AfterValidator(_right)]


class Account(Strict):
    """A service account of ours."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")]
    says: str
    may: tuple[Right, ...]


class Agent(Strict):
    """A service account of Google's, which is there."""

    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.gserviceaccount\.com$")]
    may: tuple[Right, ...]


class Person(Strict):
    """One, or a group of them. In small letters: what Google keeps, and the service's list, are
    compared letter by letter."""

    member: Annotated[str, Field(pattern=r"^(user|group):[^@\sA-Z]+@[^@\sA-Z]+\.[^@\sA-Z]+$")]
    may: tuple[Right, ...]


class Accounts(Strict):
    """All of them."""

    repository: str
    accounts: tuple[Account, ...]
    agents: tuple[Agent, ...] = ()
    people: tuple[Person, ...] = ()

    def resources(self) -> Iterator[Resource]:
        for one in self.accounts:
            yield Resource(Kind.ACCOUNT, one.name, {"display name": one.says, "disabled": "no"})
        yield Resource(Kind.REPOSITORY, self.repository, {"format": "DOCKER"})

    def members(self, project: str) -> Iterator[str]:
        for one in self.accounts:
            yield _member(one, project)

    def grants(self, project: str) -> Iterator[Grant]:
        for one in self.accounts:
            for right in one.may:
                yield _grant(right, _member(one, project), project)
        for agent in self.agents:
            for right in agent.may:
                yield _grant(right, f"serviceAccount:{agent.email}", project)
        for person in self.people:
            for right in person.may:
                yield _grant(right, person.member, project)


def _member(account: Account, project: str) -> str:
    return f"serviceAccount:{account.name}@{project}.iam.gserviceaccount.com"


def _grant(right: str, member: str, project: str) -> Grant:
    found = RIGHT.fullmatch(right)
    if found is None:
        raise ValueError(right)
    role, (kind, _, name) = found.group(1), found.group(2).partition(" ")
    if kind not in BY_CONDITION:
        return Grant(Place(kind, name) if name else PROJECT, role, member)
    dataset, _, table = name.partition(".")
    whole = BY_CONDITION[kind].format(project=project, name=name, dataset=dataset, table=table)
    condition = f'resource.name == "{whole}" || resource.name.startsWith("{whole}/")'
    return Grant(PROJECT, role, member, condition, title=f"{kind} {name}")
