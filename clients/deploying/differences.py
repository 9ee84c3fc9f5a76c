"""Where what is deployed isn't what is declared: field by field, by the fields that are declared.

What a deploy itself leaves behind (client name and version, generations, etags, times) is in no
field of ours, so that it can't be taken for a difference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clients.deploying.resource import PROJECT, Grant, Kind, Place, Resource, State

INVOKER = "roles/run.invoker"
EVERYBODY = ("allUsers", "allAuthenticatedUsers")
ABSENT = "–"
SECRET = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL|PRIVATE|AUTHORIZATION|COOKIE", re.IGNORECASE)
HIDDEN = "set, not shown"
ORDER = tuple(Kind)
MADE_LATE = ("service", "job", "subscription")


@dataclass(frozen=True)
class Difference:
    """Of one field; of the whole thing where `field` is None."""

    kind: Kind
    name: str
    field: str | None = None
    declared: str | None = None
    found: str | None = None
    undetermined: str | None = None
    """Why it couldn't be looked at, which counts as a difference."""
    grant: Grant | None = None

    @property
    def says(self) -> str:
        what = f"{self.kind} {self.name}"
        if self.undetermined is not None:
            return f"{what} can't be looked at: {self.undetermined}"
        if self.field is None:
            return f"{what} is not there" if self.found is None else f"{what} is not declared"
        declared = ABSENT if self.declared is None else self.declared
        found = ABSENT if self.shown is None else self.shown
        return f"{what}: {self.field} is {found}, declared is {declared}"

    @property
    def shown(self) -> str | None:
        """What was found, for anybody to read."""
        return shown(self.field or "", self.declared, self.found)


def shown(field: str, declared: str | None, found: str | None) -> str | None:
    """A variable that nobody declares may hold anything, a key as well; of what has a secret's name
    nothing is shown in any case. A reference to Secret Manager holds none."""
    kind, _, name = field.partition(" ")
    if found is None or kind not in ("env", "header"):
        return found
    return HIDDEN if declared is None or SECRET.search(name) else found


def differences(declared: State, found: State) -> tuple[Difference, ...]:
    """In the order in which they are repaired: a service starts with the rights that it needs."""
    return tuple(sorted((*_of_resources(declared, found), *_of_grants(declared, found)), key=_rank))


def compared(declared: Resource, found: Resource) -> Iterator[Difference]:
    """One that is there; fields that only one side has differ, too."""
    for name in sorted(declared.fields.keys() | found.fields.keys()):
        wanted, there = declared.fields.get(name), found.fields.get(name)
        if wanted != there:
            yield Difference(declared.kind, declared.name, name, wanted, there)


def _of_resources(declared: State, found: State) -> Iterator[Difference]:
    for one in declared.resources:
        if (why := found.undetermined.get(one.kind)) is not None:
            yield Difference(one.kind, one.name, undetermined=why)
        elif (there := found.find(one.kind, one.name)) is None:
            yield Difference(one.kind, one.name, declared="there")
        else:
            yield from compared(one, there)


def _of_grants(declared: State, found: State) -> Iterator[Difference]:
    """Missing ones; then what nobody declared: of ours, of everybody, of who may call us."""
    for place, why in found.undetermined.items():
        if isinstance(place, Place):
            yield Difference(Kind.GRANT, f"on {place}", undetermined=why)
    for one in sorted(declared.grants - found.grants):
        if one.place not in found.undetermined:
            yield Difference(Kind.GRANT, one.name, declared="there", grant=one)
    for one in sorted(found.grants - declared.grants):
        if _is_ours(one, declared):
            yield Difference(Kind.GRANT, one.name, found="there", grant=one)


def _rank(difference: Difference) -> float:
    grant = difference.grant
    if grant is not None and grant.place.kind not in MADE_LATE:
        return ORDER.index(Kind.SERVICE) - 0.5
    return ORDER.index(difference.kind)


def _is_ours(grant: Grant, declared: State) -> bool:
    """A project holds others' grants; so does a policy of ours, where an owner has added some."""
    if grant.role == INVOKER and grant.place != PROJECT:
        return True
    return grant.member in declared.members or grant.member in EVERYBODY
